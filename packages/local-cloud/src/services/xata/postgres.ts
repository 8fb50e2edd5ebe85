import { spawn, type ChildProcess } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import {
  chmod,
  chown,
  lchown,
  lstat,
  mkdir,
  readFile,
  rename,
  rm,
  statfs,
  writeFile,
} from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { Client } from "pg";
import { LocalCloudError } from "../../errors.ts";
import { locatePostgres, type PostgresPrograms } from "./binaries.ts";
import {
  commandAs,
  endingWithParent,
  initdbArguments,
  postgresArguments,
  type Command,
  type Recovery,
  type RunAs,
} from "./commands.ts";
import { entriesBelow } from "../../store/entries-below.ts";
import { endOrphan, endProcess } from "./orphan.ts";
import { parsePostmasterFile } from "./postmaster-file.ts";
import { canEndWithParent, chooseRunAs, readCircumstances } from "./run-as.ts";
import { takingTurns } from "./turns.ts";
import { until } from "./until.ts";

const SUPERUSER = "postgres";
/** PostgreSQL names its socket after a port; nothing listens on it. */
const SOCKET_NAME = ".s.PGSQL.5432";
/** The longest path of a Unix socket on Linux is 107 bytes, on macOS 103. @see https://man7.org/linux/man-pages/man7/unix.7.html */
const SOCKET_PATH_BYTES = 103;
/** Recovery after a kill replays what was written since the last checkpoint; this is ample for a development database. */
const START_MS = 60_000;
const CONNECT_LIMIT_MS = 30_000;
/** The backends of a killed postmaster notice its end by themselves, and no other starts on the cluster until they have. */
const STRAGGLERS_MS = 10_000;
const LAST_LINES = 5;

export interface ClusterOptions {
  /** Must exist and be held by the caller; files of PostgreSQL go to `postgres/` in it. */
  readonly dataDir: string;
  readonly superuserPassword: string;
  readonly log: (line: string) => void;
  readonly maxConnections?: number | undefined;
  /** Hears of each postmaster's begin and end, to end those that outlive this process. */
  readonly processes?: PostmasterGuard | undefined;
}

export interface PostmasterGuard {
  register(pid: number, signal: "QUIT"): void;
  unregister(pid: number): void;
}

/**
 * One PostgreSQL cluster in a folder, reached through a Unix socket only. What was committed survives SIGKILL of PostgreSQL and
 * of this process; where the system can do it, PostgreSQL ends with this process.
 */
export class PostgresCluster {
  readonly socketPath: string;
  readonly #options: ClusterOptions;
  readonly #programs: PostgresPrograms;
  readonly #runAs: RunAs;
  #child: ChildProcess | undefined;
  readonly #inTurn = takingTurns();
  #pid = 0;

  private constructor(options: ClusterOptions, programs: PostgresPrograms, runAs: RunAs) {
    this.#options = options;
    this.#programs = programs;
    this.#runAs = runAs;
    this.socketPath = join(socketFolder(options.dataDir), SOCKET_NAME);
  }

  /**
   * Finds or makes the folders around a cluster, which need not exist yet. Doesn't start it.
   * @throws {LocalCloudError} DATABASE_FAILED, DATA_FOLDER_UNUSABLE
   */
  static async prepare(options: ClusterOptions): Promise<PostgresCluster> {
    const programs = await locatePostgres();
    const runAs = chooseRunAs(readCircumstances([options.dataDir, programs.initdb, programs.postgres]));
    const cluster = new PostgresCluster(options, programs, runAs);
    await cluster.#ownFolders();
    return cluster;
  }

  /**
   * Makes an empty cluster if there is none.
   * @throws {LocalCloudError} DATABASE_FAILED, DATA_FOLDER_UNUSABLE
   */
  async initialise(): Promise<void> {
    if (!existsSync(this.clusterDir)) await this.#initialise();
  }

  /** Process id of the newest postmaster, running or not; 0 before the first start. */
  get pid(): number {
    return this.#pid;
  }

  /**
   * Comes back when connections are accepted: after the whole of a recovery, if there is one. Ends a postmaster that was left
   * behind on this cluster. Does nothing while it runs.
   * @throws {LocalCloudError} DATABASE_FAILED
   */
  async start(recovery?: Recovery): Promise<void> {
    await this.#inTurn(async () => this.#startNow(recovery));
  }

  /**
   * Ends a postmaster that was left behind on this cluster, so that its files stand still until the next start.
   * @throws {LocalCloudError} DATABASE_FAILED
   */
  async endLeftOver(): Promise<"clean" | "unclean"> {
    return endOrphan(this.clusterDir, this.#options.log);
  }

  /** Fast shutdown: open transactions are rolled back. Does nothing when it doesn't run. */
  async stop(): Promise<void> {
    await this.#inTurn(async () => this.#stopNow());
  }

  async #startNow(recovery: Recovery | undefined): Promise<void> {
    if (this.#child !== undefined && (await this.#answers())) return;
    await this.#stopNow();
    const state = await this.endLeftOver();
    const patience = performance.now() + (state === "unclean" ? STRAGGLERS_MS : 0);
    let lastLines: readonly string[] = [];
    do {
      lastLines = await this.#tryStart(recovery);
      if (this.#child !== undefined) return;
    } while (performance.now() < patience);
    throw failed("PostgreSQL doesn't start", lastLines);
  }

  async #stopNow(): Promise<void> {
    const child = this.#child;
    if (child?.pid === undefined || hasEnded(child)) return;
    const ended = new Promise<void>((resolve) => void child.once("exit", () => resolve()));
    await endProcess(child.pid);
    await ended;
  }

  /** Runs `work` over a connection of the superuser to `database`. */
  async asSuperuser<T>(work: (client: Client) => Promise<T>): Promise<T> {
    const client = new Client({
      host: socketFolder(this.#options.dataDir),
      user: SUPERUSER,
      password: this.#options.superuserPassword,
      database: SUPERUSER,
      connectionTimeoutMillis: CONNECT_LIMIT_MS,
    });
    client.on("error", ignoreDisconnection);
    await client.connect();
    try {
      return await work(client);
    } finally {
      await client.end();
    }
  }

  /** Runs a program of the system as PostgreSQL's user; `what` begins the sentence that says that it failed. */
  async asPostgres(what: string, program: string, args: readonly string[]): Promise<void> {
    await finished(what, commandAs(this.#runAs, program, args), this.#options.dataDir);
  }

  /** Writes a file into PostgreSQL's folders, as its own. */
  async writeFile(file: string, text: string): Promise<void> {
    await writeFile(file, text, { mode: 0o600 });
    await this.#ownFile(file);
  }

  /** With everything below; its owner is PostgreSQL's user. */
  get folder(): string {
    return join(this.#options.dataDir, "postgres");
  }

  get clusterDir(): string {
    return join(this.folder, "data");
  }

  /** What was written ahead, file by file. */
  get archiveDir(): string {
    return join(this.folder, "archive");
  }

  /** Copies of the whole cluster, from which it can be restored. */
  get basesDir(): string {
    return join(this.folder, "bases");
  }

  get socketDir(): string {
    return socketFolder(this.#options.dataDir);
  }

  /** One attempt; the last lines that PostgreSQL wrote. It runs afterwards, or has ended. */
  async #tryStart(recovery: Recovery | undefined): Promise<readonly string[]> {
    const { postgres } = this.#programs;
    const { clusterDir, socketDir, archiveDir } = this;
    const { maxConnections } = this.#options;
    const args = postgresArguments({ clusterDir, socketDir, archiveDir, maxConnections, recovery });
    const [program, programArgs] = canEndWithParent() ? endingWithParent(postgres, args) : [postgres, args];
    const child = run(commandAs(this.#runAs, program, programArgs));
    const lastLines = this.#follow(child);
    await until(async () => hasEnded(child) || (await this.#isReady(child)), START_MS);
    return lastLines;
  }

  /** Gives PostgreSQL's folders, and nothing else, to the user that it runs as. */
  async #ownFolders(): Promise<void> {
    for (const folder of [this.folder, this.socketDir, this.archiveDir, this.basesDir]) {
      try {
        await mkdir(folder, { recursive: true, mode: 0o700 });
        await this.#own(folder);
        await chmod(folder, 0o700);
      } catch (cause) {
        throw unusable(folder, cause);
      }
    }
  }

  async #own(path: string): Promise<void> {
    const folder = await lstat(path);
    if (!folder.isDirectory()) throw new Error(`${path} is not a folder`);
    if (this.#runAs.kind === "self") return;
    const { uid, gid } = this.#runAs.kind === "nobody" ? this.#runAs.identity : { uid: 0, gid: 0 };
    if (folder.uid === uid) return;
    await lchown(path, uid, gid);
    for (const { parentPath, name } of entriesBelow(path)) await lchown(join(parentPath, name), uid, gid);
  }

  /** A cluster that was half made when the process was killed lies under another name and is made again. */
  async #initialise(): Promise<void> {
    const partial = `${this.clusterDir}.partial`;
    const passwordFile = join(this.#options.dataDir, "postgres", "superuser-password");
    await rm(partial, { recursive: true, force: true });
    await this.writeFile(passwordFile, `${this.#options.superuserPassword}\n`);
    try {
      const args = initdbArguments({ clusterDir: partial, superuser: SUPERUSER, passwordFile });
      await this.asPostgres("PostgreSQL can't make its data folder", this.#programs.initdb, args);
    } finally {
      await rm(passwordFile, { force: true });
    }
    await rename(partial, this.clusterDir);
  }

  async #ownFile(file: string): Promise<void> {
    if (this.#runAs.kind === "nobody") await chown(file, this.#runAs.identity.uid, this.#runAs.identity.gid);
  }

  /** Logs what the postmaster says; the returned array always holds its last lines. */
  #follow(child: ChildProcess): readonly string[] {
    const lastLines: string[] = [];
    this.#child = child;
    this.#pid = child.pid ?? 0;
    if (child.pid !== undefined) this.#options.processes?.register(child.pid, "QUIT");
    const forget = () => {
      if (child.pid !== undefined) this.#options.processes?.unregister(child.pid);
      if (this.#child === child) this.#child = undefined;
    };
    child.once("exit", forget);
    child.once("error", (error) => {
      lastLines.push(error.message);
      forget();
    });
    if (child.stderr === null) return lastLines;
    createInterface({ input: child.stderr }).on("line", (line) => {
      this.#options.log(line);
      lastLines.push(line);
      if (lastLines.length > LAST_LINES) lastLines.shift();
    });
    return lastLines;
  }

  /** Whether the postmaster still lives; the news of its end can take a moment to come. */
  async #answers(): Promise<boolean> {
    return this.asSuperuser(async (client) => client.query("SELECT 1")).then(
      () => true,
      () => false,
    );
  }

  async #isReady(child: ChildProcess): Promise<boolean> {
    const text = await readFile(join(this.clusterDir, "postmaster.pid"), "utf8").catch(() => "");
    const file = parsePostmasterFile(text);
    return file?.status === "ready" && file.pid === child.pid;
  }
}

/** In the data folder, or under the system's temporary folder when the path would be too long; the same after each restart. */
function socketFolder(dataDir: string): string {
  const near = join(dataDir, "postgres", "socket");
  if (Buffer.byteLength(join(near, SOCKET_NAME)) <= SOCKET_PATH_BYTES) return near;
  const digest = createHash("sha256").update(dataDir).digest("hex").slice(0, 16);
  return join(tmpdir(), `local-cloud-${process.getuid?.() ?? 0}-${digest}`);
}

/** None of this process's own variables: `PG…` ones would change what PostgreSQL does. */
const ENVIRONMENT = { PATH: "/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin", LC_ALL: "C", TZ: "UTC" };

/** In a session of its own, so that Ctrl-C in a terminal reaches this process alone, which then stops PostgreSQL in order. */
function run(command: Command): ChildProcess {
  return spawn(command.program, command.arguments, {
    ...command.user,
    detached: true,
    env: ENVIRONMENT,
    cwd: "/",
    stdio: ["ignore", "ignore", "pipe"],
  });
}

/** What a new cluster takes, about: with less to spare, that is why it could not be made. */
const CLUSTER_BYTES = 48 * 1024 * 1024;

async function isFull(folder: string): Promise<boolean> {
  const { bavail, bsize } = await statfs(folder);
  return bavail * bsize < CLUSTER_BYTES;
}

/** `folder` is on the disk that the command writes to. */
async function finished(what: string, command: Command, folder: string): Promise<void> {
  const child = run(command);
  const lines: string[] = [];
  child.stderr?.on("data", (chunk: Buffer) => lines.push(chunk.toString()));
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", resolve);
  });
  if (code === 0) return;
  // PostgreSQL may abort without a word when it can't write.
  if (await isFull(folder)) throw diskFull(what);
  throw failed(what, lines.slice(-LAST_LINES));
}

/** Whoever waits for a query hears of it too; without a listener, Node.js would end the process. */
function ignoreDisconnection(): void {}

function hasEnded(child: ChildProcess): boolean {
  return child.pid === undefined || child.exitCode !== null || child.signalCode !== null;
}

function unusable(folder: string, cause: unknown): LocalCloudError {
  return new LocalCloudError({
    code: "DATA_FOLDER_UNUSABLE",
    message: `PostgreSQL can't have the folder ${folder}.`,
    hint: "It must belong to the user who runs this. Remove what is there, or keep the data elsewhere with --data DIR.",
    cause,
  });
}

function diskFull(what: string): LocalCloudError {
  return new LocalCloudError({
    code: "DATA_FOLDER_UNUSABLE",
    message: `${what}: the disk is full.`,
    hint: "Free some space, or choose another folder with --data DIR.",
  });
}

function failed(what: string, lines: readonly string[]): LocalCloudError {
  if (lines.some((line) => line.includes("No space left on device"))) return diskFull(what);
  return new LocalCloudError({
    code: "DATABASE_FAILED",
    message: `${what}: ${lines.join(" ").trim() || "it ended without a word"}`,
    hint: "The lines above are PostgreSQL's own. Free disk space and memory are the usual causes; --data DIR begins elsewhere.",
  });
}

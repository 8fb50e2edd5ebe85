import { spawn, type ChildProcess } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { chmod, chown, lstat, mkdir, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
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
  type RunAs,
} from "./commands.ts";
import { endOrphan, endProcess } from "./orphan.ts";
import { parsePostmasterFile } from "./postmaster-file.ts";
import { canEndWithParent, chooseRunAs, readCircumstances } from "./run-as.ts";
import { until } from "./until.ts";

const SUPERUSER = "postgres";
/** PostgreSQL names its socket after a port; nothing listens on it. */
const SOCKET_NAME = ".s.PGSQL.5432";
/** The longest path of a Unix socket on Linux is 107 bytes, on macOS 103. @see https://man7.org/linux/man-pages/man7/unix.7.html */
const SOCKET_PATH_BYTES = 103;
/** Recovery after a kill replays what was written since the last checkpoint; this is ample for a development database. */
const START_MS = 60_000;
/** The backends of a killed postmaster notice its end by themselves, and no other starts on the cluster until they have. */
const STRAGGLERS_MS = 10_000;
const LAST_LINES = 5;

export interface ClusterOptions {
  /** Must exist and be held by the caller; files of PostgreSQL go to `postgres/` in it. */
  readonly dataDir: string;
  readonly superuserPassword: string;
  readonly log: (line: string) => void;
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
  #previous: Promise<unknown> = Promise.resolve();
  #pid = 0;

  private constructor(options: ClusterOptions, programs: PostgresPrograms, runAs: RunAs) {
    this.#options = options;
    this.#programs = programs;
    this.#runAs = runAs;
    this.socketPath = join(socketFolder(options.dataDir), SOCKET_NAME);
  }

  /**
   * Makes the cluster if there is none. Doesn't start it.
   * @throws {LocalCloudError} DATABASE_FAILED, DATA_FOLDER_UNUSABLE
   */
  static async prepare(options: ClusterOptions): Promise<PostgresCluster> {
    const programs = await locatePostgres();
    const runAs = chooseRunAs(readCircumstances([options.dataDir, programs.initdb, programs.postgres]));
    const cluster = new PostgresCluster(options, programs, runAs);
    await cluster.#ownFolders();
    if (!existsSync(cluster.clusterDir)) await cluster.#initialise();
    return cluster;
  }

  /** Process id of the newest postmaster, running or not; 0 before the first start. */
  get pid(): number {
    return this.#pid;
  }

  /**
   * Comes back when connections are accepted. Ends a postmaster that was left behind on this cluster. Does nothing while it runs.
   * @throws {LocalCloudError} DATABASE_FAILED
   */
  async start(): Promise<void> {
    await this.#inTurn(async () => this.#startNow());
  }

  /** Fast shutdown: open transactions are rolled back. Does nothing when it doesn't run. */
  async stop(): Promise<void> {
    await this.#inTurn(async () => this.#stopNow());
  }

  /** Starts and stops that are asked for at once happen one after the other. */
  async #inTurn(work: () => Promise<void>): Promise<void> {
    const turn = this.#previous.then(work);
    this.#previous = turn.catch(() => "its own caller hears of it");
    await turn;
  }

  async #startNow(): Promise<void> {
    if (this.#child !== undefined && (await this.#answers())) return;
    await this.#stopNow();
    const state = await endOrphan(this.clusterDir, this.#options.log);
    const patience = performance.now() + (state === "unclean" ? STRAGGLERS_MS : 0);
    let lastLines: readonly string[] = [];
    do {
      lastLines = await this.#tryStart();
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
    });
    client.on("error", ignoreDisconnection);
    await client.connect();
    try {
      return await work(client);
    } finally {
      await client.end();
    }
  }

  get clusterDir(): string {
    return join(this.#options.dataDir, "postgres", "data");
  }

  get socketDir(): string {
    return socketFolder(this.#options.dataDir);
  }

  /** One attempt; the last lines that PostgreSQL wrote. It runs afterwards, or has ended. */
  async #tryStart(): Promise<readonly string[]> {
    const { postgres } = this.#programs;
    const args = postgresArguments(this);
    const [program, programArgs] = canEndWithParent() ? endingWithParent(postgres, args) : [postgres, args];
    const child = run(commandAs(this.#runAs, program, programArgs));
    const lastLines = this.#follow(child);
    await until(async () => hasEnded(child) || (await this.#isReady(child)), START_MS);
    return lastLines;
  }

  /** Gives PostgreSQL's folders, and nothing else, to the user that it runs as. */
  async #ownFolders(): Promise<void> {
    for (const folder of [join(this.#options.dataDir, "postgres"), this.socketDir]) {
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
    await chown(path, uid, gid);
    for (const entry of await readdir(path, { recursive: true })) await chown(join(path, entry), uid, gid);
  }

  /** A cluster that was half made when the process was killed lies under another name and is made again. */
  async #initialise(): Promise<void> {
    const partial = `${this.clusterDir}.partial`;
    const passwordFile = join(this.#options.dataDir, "postgres", "superuser-password");
    await rm(partial, { recursive: true, force: true });
    await writeFile(passwordFile, `${this.#options.superuserPassword}\n`, { mode: 0o600 });
    await this.#ownFile(passwordFile);
    try {
      const args = initdbArguments({ clusterDir: partial, superuser: SUPERUSER, passwordFile });
      await finished(commandAs(this.#runAs, this.#programs.initdb, args));
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
    const forget = () => {
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

async function finished(command: Command): Promise<void> {
  const child = run(command);
  const lines: string[] = [];
  child.stderr?.on("data", (chunk: Buffer) => lines.push(chunk.toString()));
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", resolve);
  });
  if (code !== 0) throw failed("PostgreSQL can't make its data folder", lines.slice(-LAST_LINES));
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

function failed(what: string, lines: readonly string[]): LocalCloudError {
  if (lines.some((line) => line.includes("No space left on device"))) {
    return new LocalCloudError({
      code: "DATA_FOLDER_UNUSABLE",
      message: `${what}: the disk is full.`,
      hint: "Free some space, or choose another folder with --data DIR.",
    });
  }
  return new LocalCloudError({
    code: "DATABASE_FAILED",
    message: `${what}: ${lines.join(" ").trim() || "it ended without a word"}`,
    hint: "The lines above are PostgreSQL's own. Free disk space and memory are the usual causes; --data DIR begins elsewhere.",
  });
}

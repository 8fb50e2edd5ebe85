import { chmod, mkdir } from "node:fs/promises";
import type { Branch } from "./branch.ts";
import { BranchStore } from "./branch-store.ts";
import { Branches } from "./branches.ts";
import { keepCredentials, saveCredentials } from "./credentials.ts";
import { checkDatabaseName } from "./databases.ts";
import type { ExecutionLimits } from "./execute.ts";
import type { GatewayFront } from "./gateway.ts";
import type { PostmasterGuard } from "./postgres.ts";

/** PostgreSQL behind a gateway that speaks as Xata's does. */
export interface XataService {
  /** One port for HTTP (`/sql`), WebSockets (`/v2`) and PostgreSQL's own protocol: that of the default branch. */
  readonly port: number;
  /** Per database of the default branch. `url` is for the app (HTTP and WebSockets), `directUrl` for migrations (PostgreSQL's protocol). */
  readonly databases: Readonly<Record<string, DatabaseUrls>>;
  /** Process id of the default branch's postmaster, the last one's while it is stopped. */
  readonly postgresPid: number;
  /** What the management API shows and changes. */
  readonly branches: Branches;
  readonly store: BranchStore;
  /** Where a role of a branch finds the database of its name. */
  connectionUrl(branchId: string, role: string): string;
  /** Lets each branch hibernate that has been idle for its period; happens by itself every half a minute. */
  hibernateIdle(): Promise<void>;
  /** An outage: PostgreSQL of all branches is down in order, and the gateway goes on listening and answers 500. Idempotent. */
  stopPostgres(): Promise<void>;
  /** Ends an outage, also one that began with a SIGKILL of the postmaster. Idempotent. @throws {LocalCloudError} DATABASE_FAILED */
  startPostgres(): Promise<void>;
  /** Cuts every connection, frees the ports and stops PostgreSQL. Everything committed is there at the next start. */
  stop(): Promise<void>;
}

export interface DatabaseUrls {
  readonly url: string;
  readonly directUrl: string;
}

export interface XataOptions {
  /** A folder of the service's own, made when it is missing; the caller sees to it that no other process uses it. */
  readonly dataDir: string;
  readonly host: string;
  /** 0 for any that is free. */
  readonly port: number;
  /** Names of databases to have; each has a role of the same name and a password that stays the same. */
  readonly databases: readonly string[];
  /** Gets PostgreSQL's lines and the gateway's; never a password. */
  readonly log: (line: string) => void;
  /** The real service's, unless a test wants to reach them sooner. */
  readonly limits?: ExecutionLimits;
  readonly front?: GatewayFront;
  /** Per branch; 100 unless given. */
  readonly maxConnections?: number;
  /** Milliseconds since 1970, for idleness and for what the API shows. What is restored goes by the machine's clock. */
  readonly now?: () => number;
  /** Added to each wake of a hibernated branch: a real one can take up to 50 s. */
  readonly wakeDelayMs?: number;
  readonly processes?: PostmasterGuard;
}

/** PostgreSQL's user has to pass the folder; it holds a file with passwords, which has a mode of its own. */
const PASSABLE = 0o711;

/**
 * Starts PostgreSQL on the data folder, which is made at the first time, and opens the gateway.
 * @throws {LocalCloudError} USAGE, PORT_TAKEN, DATA_FOLDER_UNUSABLE, STATE_UNREADABLE, DATABASE_FAILED; nothing runs then.
 */
export async function startXata(options: XataOptions): Promise<XataService> {
  for (const name of options.databases) checkDatabaseName(name);
  await mkdir(options.dataDir, { recursive: true });
  await chmod(options.dataDir, PASSABLE);
  let credentials = await keepCredentials(options.dataDir, options.databases);
  const now = options.now ?? Date.now;
  const { dataDir, host, log, wakeDelayMs = 0, limits, front, maxConnections, processes } = options;
  const { superuserPassword } = credentials;
  const store = await BranchStore.open(dataDir, now());
  const branches = new Branches({
    dataDir,
    store,
    settings: { host, superuserPassword, log, now, wakeDelayMs, limits, front, maxConnections, processes },
    defaultPasswords: {
      all: () => credentials.passwords,
      replace: async (role, password) => {
        credentials = { ...credentials, passwords: { ...credentials.passwords, [role]: password } };
        await saveCredentials(dataDir, credentials);
      },
    },
  });
  try {
    return present(options, { branches, store, main: await branches.start(options.port) });
  } catch (error) {
    await branches.close();
    throw error;
  }
}

const IDLE_CHECK_MS = 30_000;

function present(
  options: XataOptions,
  {
    branches,
    store,
    main,
  }: { readonly branches: Branches; readonly store: BranchStore; readonly main: Branch },
): XataService {
  const urlOf = (branchId: string, role: string) =>
    connectionUrl({
      name: role,
      password: branches.passwordsOf(branchId)[role] ?? "",
      host: options.host,
      port: branches.get(branchId)?.port ?? 0,
    });
  const hibernateIdle = async () => {
    for (const branch of branches.all()) await branch.hibernateIfIdle();
  };
  const timer = setInterval(() => {
    hibernateIdle().catch((error: unknown) => options.log(`hibernation failed: ${String(error)}`));
  }, IDLE_CHECK_MS).unref();
  return {
    port: main.port,
    get databases() {
      const urls = options.databases.map((name) => {
        const url = urlOf(store.document.defaultBranchId, name);
        return [name, { url, directUrl: url }] as const;
      });
      return Object.fromEntries(urls);
    },
    get postgresPid() {
      return main.cluster.pid;
    },
    branches,
    store,
    connectionUrl: urlOf,
    hibernateIdle,
    stopPostgres: async () => {
      await Promise.all(branches.all().map(async (branch) => branch.takeDown()));
    },
    startPostgres: async () => {
      for (const branch of branches.all()) branch.endOutage();
      await main.start();
    },
    stop: async () => {
      clearInterval(timer);
      await branches.close();
    },
  };
}

/** `sslmode=disable` says that HTTP and WebSockets are spoken on this very port, without TLS. */
function connectionUrl(database: {
  readonly name: string;
  readonly password: string;
  readonly host: string;
  readonly port: number;
}): string {
  const { name, password, host, port } = database;
  const authority = `${encodeURIComponent(name)}:${encodeURIComponent(password)}@${host}:${port}`;
  return `postgresql://${authority}/${encodeURIComponent(name)}?sslmode=disable`;
}

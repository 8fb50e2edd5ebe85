import { chmod, mkdir } from "node:fs/promises";
import { keepCredentials } from "./credentials.ts";
import { checkDatabaseName, provisionDatabases } from "./databases.ts";
import type { ExecutionLimits } from "./execute.ts";
import { openGateway, type GatewayFront } from "./gateway.ts";
import { PostgresCluster } from "./postgres.ts";
import { SessionPool } from "./session-pool.ts";

/** PostgreSQL behind a gateway that speaks as Xata's does. */
export interface XataService {
  /** One port for HTTP (`/sql`), WebSockets (`/v2`) and PostgreSQL's own protocol. */
  readonly port: number;
  /** Per database. `url` is for the app (HTTP and WebSockets), `directUrl` for migrations (PostgreSQL's protocol). */
  readonly databases: Readonly<Record<string, DatabaseUrls>>;
  /** Process id of PostgreSQL's postmaster, the last one's while it is stopped: for whoever must end it should this process die. */
  readonly postgresPid: number;
  /** An outage: PostgreSQL is down in order, and the gateway goes on listening and answers 500. Idempotent. */
  stopPostgres(): Promise<void>;
  /** Ends an outage, also one that began with a SIGKILL of the postmaster. Idempotent. @throws {LocalCloudError} DATABASE_FAILED */
  startPostgres(): Promise<void>;
  /** Cuts every connection, frees the port and stops PostgreSQL. Everything committed is there at the next start. */
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
  const credentials = await keepCredentials(options.dataDir, options.databases);
  const cluster = await PostgresCluster.prepare({
    dataDir: options.dataDir,
    superuserPassword: credentials.superuserPassword,
    log: options.log,
  });
  try {
    await cluster.start();
    await cluster.asSuperuser(async (client) => provisionDatabases(client, credentials.passwords));
    return await openService(options, cluster, credentials.passwords);
  } catch (error) {
    await cluster.stop();
    throw error;
  }
}

async function openService(
  options: XataOptions,
  cluster: PostgresCluster,
  passwords: Readonly<Record<string, string>>,
): Promise<XataService> {
  const sessions = new SessionPool(cluster.socketPath);
  const gateway = await openGateway({ ...options, socketPath: cluster.socketPath, sessions });
  const urls = options.databases.map((name) => {
    const url = connectionUrl({
      name,
      password: passwords[name] ?? "",
      host: options.host,
      port: gateway.port,
    });
    return [name, { url, directUrl: url }] as const;
  });
  return {
    port: gateway.port,
    databases: Object.fromEntries(urls),
    get postgresPid() {
      return cluster.pid;
    },
    stopPostgres: async () => cluster.stop(),
    startPostgres: async () => cluster.start(),
    stop: async () => {
      await gateway.close();
      await sessions.close();
      await cluster.stop();
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

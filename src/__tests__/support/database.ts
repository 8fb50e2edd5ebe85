import { chmod, mkdtemp, readdir, rm } from "node:fs/promises";
import type { IncomingMessage } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Client } from "pg";
import { startXata, type XataService } from "../../../packages/local-cloud/src/services/xata/backend.ts";
import { ROOT, run } from "./build.ts";
import { prepared } from "./prepared.ts";

const NAME = "fm5-staging";
const EMPTY = "fm5-empty";

export interface DatabaseUnderTest {
  /** The DSN that the Worker gets: HTTP and WebSockets. */
  readonly url: string;
  /** The DSN of PostgreSQL itself. */
  readonly directUrl: string;
  /** The Worker's DSN of a database without any table. */
  readonly emptyUrl: string;
  /** Rows of one statement, over PostgreSQL's own protocol. */
  readonly query: (sql: string) => Promise<readonly Record<string, unknown>[]>;
  /** An outage: PostgreSQL is down, the gateway before it is not. */
  readonly cut: () => Promise<void>;
  readonly mend: () => Promise<void>;
  readonly stop: () => Promise<void>;
}

export interface DatabaseOptions {
  /** Told of each request to the gateway and of each WebSocket that is opened, by its path. */
  readonly onRequest?: (path: string) => void;
}

/**
 * A real PostgreSQL behind a gateway that speaks as Xata's does, with prisma/migrations applied by Prisma: a copy of the one
 * that was made before all tests.
 */
export async function startDatabase({ onRequest }: DatabaseOptions = {}): Promise<DatabaseUnderTest> {
  const folder = await mkdtemp(join(tmpdir(), "fm5-database-"));
  // PostgreSQL's user has to pass it.
  await chmod(folder, 0o755);
  const dataDir = join(folder, "data");
  // As it is, owners included: PostgreSQL's files are its user's own.
  await run({ program: "cp", args: ["-a", await prepared("database"), dataDir], cwd: folder });
  const xata = await start(dataDir, onRequest);
  const { url, directUrl } = addressesOf(xata, NAME);
  return {
    url,
    directUrl,
    emptyUrl: addressesOf(xata, EMPTY).url,
    query: (sql) => query(directUrl, sql),
    cut: () => xata.stopPostgres(),
    mend: () => xata.startPostgres(),
    stop: async () => {
      await xata.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** Makes in a folder what `startDatabase` copies. */
export async function makeDatabase(dataDir: string): Promise<void> {
  const xata = await start(dataDir);
  try {
    await migrate(addressesOf(xata, NAME).directUrl);
  } finally {
    await xata.stop();
  }
}

function start(dataDir: string, onRequest: (path: string) => void = () => {}): Promise<XataService> {
  const tell = ({ url = "" }: IncomingMessage) => onRequest(url);
  return startXata({
    dataDir,
    host: "127.0.0.1",
    port: 0,
    databases: [NAME, EMPTY],
    log: () => {},
    front: {
      http: (server) => server.on("request", tell).on("upgrade", tell),
      postgres: () => Promise.resolve(true),
    },
  });
}

function addressesOf({ databases }: XataService, name: string) {
  const addresses = databases[name];
  if (addresses === undefined) throw new Error(`there is no database ${name}`);
  return addresses;
}

/** Names in prisma/migrations, oldest first. */
export async function migrationNames(): Promise<readonly string[]> {
  const entries = await readdir(join(ROOT, "prisma/migrations"), { withFileTypes: true });
  return entries
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name)
    .sort();
}

async function migrate(directUrl: string): Promise<void> {
  const env = { XATA_DATABASE_URL: directUrl };
  await run({ program: "prisma", args: ["migrate", "deploy"], cwd: ROOT, env });
}

async function query(directUrl: string, sql: string): Promise<readonly Record<string, unknown>[]> {
  const client = new Client({ connectionString: directUrl });
  await client.connect();
  try {
    const { rows } = await client.query<Record<string, unknown>>(sql);
    return rows;
  } finally {
    await client.end();
  }
}

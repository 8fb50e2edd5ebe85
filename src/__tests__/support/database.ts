import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Client } from "pg";
import { startXata } from "../../../packages/local-cloud/src/services/xata/backend.ts";
import { ROOT, run } from "./build.ts";

const NAME = "fm5-staging";
const EMPTY = "fm5-empty";

export interface DatabaseUnderTest {
  /** The DSN that the Worker gets: HTTP and WebSockets. */
  readonly url: string;
  /** The same for a database without any table, where one was asked for. */
  readonly emptyUrl: string;
  /** Rows of one statement, over PostgreSQL's own protocol. */
  readonly query: (sql: string) => Promise<readonly Record<string, unknown>[]>;
  /** An outage: PostgreSQL is down, the gateway before it is not. */
  readonly cut: () => Promise<void>;
  readonly mend: () => Promise<void>;
  readonly stop: () => Promise<void>;
}

/** A real PostgreSQL behind a gateway that speaks as Xata's does, with prisma/migrations applied by Prisma. */
export async function startDatabase(
  { withEmpty }: { readonly withEmpty: boolean } = { withEmpty: false },
): Promise<DatabaseUnderTest> {
  const dataDir = await mkdtemp(join(tmpdir(), "fm5-database-"));
  const xata = await startXata({
    dataDir,
    host: "127.0.0.1",
    port: 0,
    databases: withEmpty ? [NAME, EMPTY] : [NAME],
    log: () => {},
  });
  const { url, directUrl } = xata.databases[NAME] ?? { url: "", directUrl: "" };
  const stop = async () => {
    await xata.stop();
    await rm(dataDir, { recursive: true, force: true });
  };
  try {
    await migrate(directUrl);
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    url,
    emptyUrl: xata.databases[EMPTY]?.url ?? "",
    query: (sql) => query(directUrl, sql),
    cut: () => xata.stopPostgres(),
    mend: () => xata.startPostgres(),
    stop,
  };
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

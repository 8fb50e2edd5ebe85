import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startXata, type XataService } from "local-cloud/xata";
import { Client } from "pg";

/** A real PostgreSQL behind a gateway that speaks as Xata's does. */
export interface TestGateway {
  readonly service: XataService;
  readonly url: (database?: string) => string;
  /** The DSN by way of another port, such as a proxy's. */
  readonly urlThrough: (port: number) => string;
  /** Runs a script over PostgreSQL's own protocol and gives the rows of its last statement. */
  readonly direct: (sql: string, database?: string) => Promise<readonly unknown[]>;
  readonly stop: () => Promise<void>;
}

const FIRST = "contract";

export async function startGateway(databases: readonly string[] = [FIRST]): Promise<TestGateway> {
  const dataDir = await mkdtemp(join(tmpdir(), "prisma-xata-data-"));
  const service = await startXata({ dataDir, host: "127.0.0.1", port: 0, databases, log: () => {} });
  const url = (database = databases[0] ?? FIRST) => service.databases[database]?.url ?? "";
  return {
    service,
    url,
    urlThrough: (port) => url().replace(/:\d+\//u, `:${port}/`),
    direct: async (sql, database) => query(url(database), sql),
    stop: async () => {
      await service.stop();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}

async function query(connectionString: string, sql: string): Promise<readonly unknown[]> {
  const client = new Client({ connectionString });
  await client.connect();
  try {
    const results: unknown = await client.query(sql);
    const last: unknown = Array.isArray(results) ? results.at(-1) : results;
    const rows: unknown = typeof last === "object" && last !== null ? Reflect.get(last, "rows") : undefined;
    return Array.isArray(rows) ? rows : [];
  } finally {
    await client.end();
  }
}

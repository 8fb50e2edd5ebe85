import { escapeIdentifier } from "pg";
import { EngineFailure } from "./failure.ts";
import { databaseOf, openClient, urlOf } from "./pg-adapter.ts";

/** A database that every server has, to stand in while another is made. */
const MAINTENANCE_DATABASE = "postgres";

/** Connects and says nothing. @throws {DriverAdapterError} when it can't; EngineFailure without a URL */
export async function checkConnection(url: string | undefined): Promise<void> {
  await (await openClient(required(url))).end();
}

/** Makes the URL's database if it is missing; its name. @throws {DriverAdapterError} when the role may not */
export async function createMissingDatabase(url: string | undefined): Promise<string> {
  const target = required(url);
  const name = databaseOf(target);
  await maintain(target, async (query) => {
    const known = await query(`SELECT 1 FROM pg_database WHERE datname = '${name.replaceAll("'", "''")}'`);
    if (known === 0) await query(`CREATE DATABASE ${escapeIdentifier(name)}`);
  });
  return name;
}

/** Removes the URL's database with all that is in it. */
export async function dropDatabase(url: string | undefined): Promise<void> {
  const target = required(url);
  await maintain(target, async (query) => query(`DROP DATABASE ${escapeIdentifier(databaseOf(target))}`));
}

async function maintain(
  url: string,
  work: (query: (sql: string) => Promise<number>) => Promise<unknown>,
): Promise<void> {
  const client = await openClient(urlOf(url, MAINTENANCE_DATABASE));
  try {
    await work(async (sql) => (await client.query(sql)).rowCount ?? 0);
  } finally {
    await client.end();
  }
}

function required(url: string | undefined): string {
  if (url === undefined) throw new EngineFailure("No database URL is set.", { code: "P1012" });
  return url;
}

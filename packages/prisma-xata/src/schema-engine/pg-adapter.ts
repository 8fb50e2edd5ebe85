import { randomUUID } from "node:crypto";
import {
  DriverAdapterError,
  type ConnectionInfo,
  type MappedError,
  type SqlDriverAdapter,
  type SqlMigrationAwareDriverAdapterFactory,
  type SqlQuery,
  type SqlResultSet,
  type Transaction,
} from "@prisma/driver-adapter-utils";
import { Client, DatabaseError, escapeIdentifier } from "pg";
import type { FailedScript } from "./failed-migration.ts";
import { EngineFailure } from "./failure.ts";
import { postgresFailure } from "../prisma/errors.ts";
import { resultSet, statementOf } from "../prisma/statements.ts";

/** A migration waits this long for a table that others use, and then gives up rather than block them. */
const LOCK_TIMEOUT_MS = 3_000;
const STATEMENT_TIMEOUT_MS = 60_000;
const CONNECT_TIMEOUT_MS = 15_000;
const ADAPTER_NAME = "prisma-xata-migrations";

export interface MigrationDatabase {
  readonly url: string;
  readonly shadowDatabaseUrl: string | undefined;
  /** Told of each script that the database refuses. */
  readonly onFailedScript: (failed: FailedScript) => void;
}

export interface ClosableAdapterFactory extends SqlMigrationAwareDriverAdapterFactory {
  /** Closes every session that the engine has left open. */
  readonly close: () => Promise<void>;
}

/**
 * The schema engine's way to a database, over PostgreSQL's own protocol. Unlike `@prisma/adapter-pg` it keeps to one session, so
 * that the engine's advisory lock is held by the session that migrates; sends a script as a whole, so that a failed migration
 * leaves nothing half done and function bodies stay in one piece; never takes the database itself for its shadow; and drops each
 * shadow database that it made.
 * @throws {EngineFailure} when the shadow database is the database itself
 */
export function migrationAdapterFactory(database: MigrationDatabase): ClosableAdapterFactory {
  const { url, shadowDatabaseUrl, onFailedScript } = database;
  if (shadowDatabaseUrl !== undefined) checkDistinct(shadowDatabaseUrl, url);
  const open = new Set<SqlDriverAdapter>();
  const kept = async (opening: Promise<SqlDriverAdapter>) => {
    const adapter = await opening;
    open.add(adapter);
    return adapter;
  };
  return {
    provider: "postgres",
    adapterName: ADAPTER_NAME,
    connect: async () => kept(connect(url, onFailedScript)),
    connectToShadowDb: async () =>
      kept(
        shadowDatabaseUrl === undefined
          ? connectToNewShadow(url, onFailedScript)
          : connect(shadowDatabaseUrl, onFailedScript),
      ),
    close: async () => {
      for (const adapter of open) await adapter.dispose();
    },
  };
}

/** Opens a session with migrations' own time limits. @throws {DriverAdapterError} as `connectionFailure` maps */
export async function openClient(url: string): Promise<Client> {
  const client = new Client({
    connectionString: withoutPrismaOptions(url),
    application_name: ADAPTER_NAME,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
  });
  client.on("error", () => {
    // Whoever waits for a query hears of it too; without a listener, Node.js would end the process.
  });
  try {
    await client.connect();
    await client.query(
      `SET lock_timeout = ${LOCK_TIMEOUT_MS}; SET statement_timeout = ${STATEMENT_TIMEOUT_MS}`,
    );
  } catch (error) {
    throw driverError(error);
  }
  return client;
}

type OnFailedScript = MigrationDatabase["onFailedScript"];

async function connect(url: string, onFailedScript: OnFailedScript): Promise<SqlDriverAdapter> {
  return new MigrationAdapter({ client: await openClient(url), schema: schemaOf(url), onFailedScript });
}

/** @see https://www.prisma.io/docs/orm/prisma-migrate/understanding-prisma-migrate/shadow-database */
async function connectToNewShadow(url: string, onFailedScript: OnFailedScript): Promise<SqlDriverAdapter> {
  const name = `prisma_migrate_shadow_db_${randomUUID()}`;
  const owner = await openClient(url);
  try {
    await owner.query(`CREATE DATABASE ${escapeIdentifier(name)}`);
    const client = await openClient(urlOf(url, name));
    const drop = async () => {
      await owner.query(`DROP DATABASE IF EXISTS ${escapeIdentifier(name)} WITH (FORCE)`);
      await owner.end();
    };
    return new MigrationAdapter({ client, schema: schemaOf(url), onFailedScript, afterwards: drop });
  } catch (error) {
    await owner.end();
    throw driverError(error);
  }
}

interface MigrationSession {
  readonly client: Client;
  /** The schema that holds Prisma's tables; PostgreSQL's default when it isn't said. */
  readonly schema: string | undefined;
  readonly onFailedScript: OnFailedScript;
  readonly afterwards?: () => Promise<void>;
}

class MigrationAdapter implements SqlDriverAdapter {
  readonly provider = "postgres";
  readonly adapterName = ADAPTER_NAME;
  readonly #session: MigrationSession;
  #disposed = false;

  constructor(session: MigrationSession) {
    this.#session = session;
  }

  async queryRaw(query: SqlQuery): Promise<SqlResultSet> {
    const { fields, rows } = await this.#run(query);
    return resultSet({
      columns: fields.map(({ name, dataTypeID }) => ({ name, typeId: dataTypeID })),
      rows,
      command: "",
      rowCount: null,
    });
  }

  async executeRaw(query: SqlQuery): Promise<number> {
    return (await this.#run(query)).rowCount ?? 0;
  }

  /** As one simple query: PostgreSQL itself finds the statements, and runs them as one transaction. */
  async executeScript(script: string): Promise<void> {
    const { client, onFailedScript } = this.#session;
    try {
      await client.query(script);
    } catch (error) {
      if (error instanceof DatabaseError)
        onFailedScript({ script, code: error.code ?? "XX000", message: error.message });
      throw driverError(error);
    }
  }

  async startTransaction(): Promise<Transaction> {
    throw new TypeError("the schema engine opens no transaction of its own");
  }

  getConnectionInfo(): ConnectionInfo {
    const { schema } = this.#session;
    return { supportsRelationJoins: true, ...(schema !== undefined && { schemaName: schema }) };
  }

  async dispose(): Promise<void> {
    if (this.#disposed) return;
    this.#disposed = true;
    await this.#session.client.end();
    await this.#session.afterwards?.();
  }

  async #run(query: SqlQuery) {
    const { sql, parameters } = statementOf(query);
    try {
      return await this.#session.client.query<(string | null)[]>({
        text: sql,
        values: [...parameters],
        rowMode: "array",
        types: { getTypeParser: () => (text: string) => text },
      });
    } catch (error) {
      throw driverError(error);
    }
  }
}

function driverError(error: unknown): unknown {
  if (error instanceof DatabaseError) {
    const { code = "XX000", severity = "ERROR", message, detail, hint, column, constraint, table } = error;
    const failure = postgresFailure({ code, severity, message, detail, hint, column, constraint, table });
    return new DriverAdapterError({ originalCode: code, originalMessage: message, ...failure });
  }
  const mapped = connectionFailure(error);
  return mapped === undefined ? error : new DriverAdapterError(mapped);
}

/** @see https://nodejs.org/api/errors.html#common-system-errors */
function connectionFailure(error: unknown): MappedError | undefined {
  if (!(error instanceof Error)) return undefined;
  const [code, address, port]: readonly unknown[] = ["code", "address", "port"].map((name) =>
    Reflect.get(error, name),
  );
  if (code === "ECONNREFUSED" || code === "ENOTFOUND" || code === "EAI_AGAIN" || code === "ETIMEDOUT") {
    const place = typeof address === "string" && typeof port === "number" ? { host: address, port } : {};
    return { kind: "DatabaseNotReachable", ...place };
  }
  return code === "ECONNRESET" ? { kind: "ConnectionClosed" } : undefined;
}

/** The same server and user, another database. */
export function urlOf(url: string, database: string): string {
  const other = new URL(url);
  other.pathname = `/${encodeURIComponent(database)}`;
  return other.href;
}

export function databaseOf(url: string): string {
  return decodeURIComponent(new URL(url).pathname.slice(1));
}

function schemaOf(url: string): string | undefined {
  return new URL(url).searchParams.get("schema") ?? undefined;
}

/** `schema` is Prisma's own; `pg` would take it for a setting. */
function withoutPrismaOptions(url: string): string {
  const bare = new URL(url);
  bare.searchParams.delete("schema");
  return bare.href;
}

/** A shadow database is emptied: it must not be the one that holds the data. */
function checkDistinct(shadowUrl: string, url: string): void {
  const place = (text: string) => `${new URL(text).host}/${databaseOf(text)}`;
  if (place(shadowUrl) !== place(url)) return;
  throw new EngineFailure("The shadow database must not be the database itself: it would be emptied.");
}

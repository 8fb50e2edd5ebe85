import { randomUUID } from "node:crypto";
import type { Client } from "pg";
import { DeliveryError } from "../errors.ts";
import type { MigrationDatabase } from "../ports.ts";
import { ending } from "./ending.ts";
import type { Secret } from "../secrets/secret.ts";

/**
 * Prisma's own table and lock, so that `prisma migrate status` and `prisma migrate deploy` agree with what is done here.
 * @see https://github.com/prisma/prisma-engines (schema-engine, sql-schema-connector, PostgreSQL flavour)
 */
const TABLE = `CREATE TABLE IF NOT EXISTS _prisma_migrations (
  id VARCHAR(36) PRIMARY KEY NOT NULL,
  checksum VARCHAR(64) NOT NULL,
  finished_at TIMESTAMPTZ,
  migration_name VARCHAR(255) NOT NULL,
  logs TEXT,
  rolled_back_at TIMESTAMPTZ,
  started_at TIMESTAMPTZ NOT NULL DEFAULT now(),
  applied_steps_count INTEGER NOT NULL DEFAULT 0
)`;
const ADVISORY_LOCK = 72_707_369;

const CONNECT_TIMEOUT_MS = 60_000;
/** A migration that waits longer for a table blocks everyone who comes after it. */
const LOCK_TIMEOUT_MS = 3000;
const STATEMENT_TIMEOUT_MS = 60_000;

/** Statements that refuse to run inside a transaction, and so can't share one with their own bookkeeping. */
const OUTSIDE_TRANSACTION = /\b(?:CONCURRENTLY|VACUUM|ALTER\s+SYSTEM|CREATE\s+DATABASE|DROP\s+DATABASE)\b/iu;

/** A direct connection for migrations. Opens it, and takes the lock that keeps other migrations out. */
export async function openMigrationDatabase(dsn: Secret): Promise<MigrationDatabase> {
  // Many deliveries need no database.
  const { Client } = await import("pg");
  const client = new Client({
    connectionString: dsn.reveal(),
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
  });
  // Without a listener a cut connection would end the process; the query that was running reports it.
  client.on("error", () => undefined);
  try {
    await client.connect();
    // A pooler refuses limits in the start-up packet, so they are set afterwards.
    await client.query(
      `SET lock_timeout = ${LOCK_TIMEOUT_MS}; SET statement_timeout = ${STATEMENT_TIMEOUT_MS}`,
    );
    await client.query("SELECT pg_advisory_lock($1)", [ADVISORY_LOCK]);
  } catch (error) {
    await client.end().catch(() => undefined);
    throw unavailable(dsn, error);
  }
  return {
    applied: async () => {
      const table = await client.query<{ present: boolean }>(
        "SELECT to_regclass('_prisma_migrations') IS NOT NULL AS present",
      );
      if (!table.rows[0]?.present) return [];
      const { rows } = await client.query<{ name: string; sha256: string; finished: boolean }>(
        `SELECT migration_name AS name, checksum AS sha256, finished_at IS NOT NULL AS finished
         FROM _prisma_migrations WHERE rolled_back_at IS NULL ORDER BY started_at`,
      );
      return rows;
    },
    apply: async (migration) => {
      await ending.mayBegin();
      return ending.changing(applyMigration(client, migration));
    },
    close: () => client.end(),
  };
}

async function applyMigration(
  client: Client,
  migration: { name: string; sha256: string; sql: string },
): Promise<void> {
  await client.query(TABLE);
  const id = randomUUID();
  await client.query(
    "UPDATE _prisma_migrations SET rolled_back_at = now() WHERE migration_name = $1 AND finished_at IS NULL AND rolled_back_at IS NULL",
    [migration.name],
  );
  await client.query("INSERT INTO _prisma_migrations (id, checksum, migration_name) VALUES ($1, $2, $3)", [
    id,
    migration.sha256,
    migration.name,
  ]);
  const finish = `UPDATE _prisma_migrations SET finished_at = now(), applied_steps_count = 1 WHERE id = '${id}'`;
  try {
    if (OUTSIDE_TRANSACTION.test(migration.sql)) {
      await client.query(migration.sql);
      await client.query(finish);
    } else {
      // One simple query is one transaction: the change and its bookkeeping hold together or not at all.
      await client.query(`${migration.sql}\n;\n${finish}`);
    }
  } catch (error) {
    throw await failure(client, id, { migration: migration.name, error });
  }
}

async function failure(
  client: Client,
  id: string,
  failed: { migration: string; error: unknown },
): Promise<DeliveryError> {
  const message = failed.error instanceof Error ? failed.error.message : String(failed.error);
  const noted =
    "UPDATE _prisma_migrations SET rolled_back_at = now(), logs = $2 WHERE id = $1 AND finished_at IS NULL";
  await client.query(noted, [id, message]).catch(() => undefined);
  return new DeliveryError({
    code: "MIGRATION_FAILED",
    message: `The migration ${failed.migration} failed: ${message}.`,
    hint: "Nothing of it was kept and nothing was uploaded. Correct the file (it was never applied), or try again when the table is less busy.",
    cause: failed.error,
  });
}

function unavailable(dsn: Secret, cause: unknown): DeliveryError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new DeliveryError({
    code: "DATABASE_UNAVAILABLE",
    message: `The database that ${dsn.name} names can't be used for migrations: ${reason}.`,
    hint: "Is it up, is the DSN the direct one, and does another migration hold the lock? Nothing was changed.",
    retryable: true,
    cause,
  });
}

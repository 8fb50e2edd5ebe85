import { createXataClient, XataError } from "prisma-xata";

/** Set by vite.config.ts from the folders in prisma/migrations. */
declare const MIGRATION_NAMES: readonly string[];

/** Names of the migrations that this build was made for, oldest first. */
export const EXPECTED_MIGRATIONS: readonly string[] = MIGRATION_NAMES;

/** SQLSTATE of a table that isn't there. @see https://www.postgresql.org/docs/18/errcodes-appendix.html */
const UNDEFINED_TABLE = "42P01";

/** Names of the migrations that a database has finished, oldest first; none where Prisma never migrated. */
export async function finishedMigrations(databaseUrl: string): Promise<readonly string[]> {
  try {
    const { rows } = await createXataClient({ url: databaseUrl }).query(
      `SELECT migration_name FROM _prisma_migrations
       WHERE finished_at IS NOT NULL AND rolled_back_at IS NULL ORDER BY migration_name`,
    );
    return rows.map((row) => String(row["migration_name"]));
  } catch (error) {
    if (error instanceof XataError && error.postgres?.code === UNDEFINED_TABLE) return [];
    throw error;
  }
}

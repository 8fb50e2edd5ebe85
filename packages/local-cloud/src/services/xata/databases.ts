import { escapeIdentifier, escapeLiteral, type Client } from "pg";
import { LocalCloudError } from "../../errors.ts";

/** What a database's own role is held to through the pooled endpoint, where a DSN's options are dropped. */
const ROLE_SETTINGS = { timezone: "UTC", statement_timeout: "30s" } as const;

const DATABASE_NAME = /^[a-z][a-z0-9_-]{0,62}$/u;

/** The roles and databases that the cluster already has. */
export interface Existing {
  readonly roles: ReadonlySet<string>;
  readonly databases: ReadonlySet<string>;
}

/** @throws {LocalCloudError} USAGE for a name that PostgreSQL would have to quote or truncate, hyphens excepted. */
export function checkDatabaseName(name: string): void {
  if (DATABASE_NAME.test(name) && !["postgres", "template0", "template1"].includes(name)) return;
  throw new LocalCloudError({
    code: "USAGE",
    message: `"${name}" can't be the name of a database here.`,
    hint: "Use at most 63 lower-case letters, digits, hyphens and underscores, and begin with a letter.",
  });
}

/**
 * The statements that give a database and its role (of the same name) their form, whatever is there already. The role owns
 * its database, may make others (Prisma's shadow databases) and can't connect to any that is not its own.
 */
export function provisionStatements(name: string, password: string, existing: Existing): readonly string[] {
  const identifier = escapeIdentifier(name);
  return [
    ...(existing.roles.has(name) ? [] : [`CREATE ROLE ${identifier}`]),
    `ALTER ROLE ${identifier} WITH LOGIN CREATEDB PASSWORD ${escapeLiteral(password)}`,
    ...Object.entries(ROLE_SETTINGS).map(
      ([setting, value]) => `ALTER ROLE ${identifier} SET ${setting} = ${escapeLiteral(value)}`,
    ),
    ...(existing.databases.has(name) ? [] : [`CREATE DATABASE ${identifier} OWNER ${identifier}`]),
    `REVOKE ALL ON DATABASE ${identifier} FROM PUBLIC`,
  ];
}

/** Brings each database and role of `passwords` into being, over a superuser's connection. Idempotent. */
export async function provisionDatabases(
  superuser: Client,
  passwords: Readonly<Record<string, string>>,
): Promise<void> {
  const existing = await readExisting(superuser);
  const statements = Object.entries(passwords).flatMap(([name, password]) =>
    provisionStatements(name, password, existing),
  );
  for (const statement of statements) await superuser.query(statement);
}

async function readExisting(superuser: Client): Promise<Existing> {
  const roles = await superuser.query<{ name: string }>("SELECT rolname AS name FROM pg_roles");
  const databases = await superuser.query<{ name: string }>("SELECT datname AS name FROM pg_database");
  return {
    roles: new Set(roles.rows.map((row) => row.name)),
    databases: new Set(databases.rows.map((row) => row.name)),
  };
}

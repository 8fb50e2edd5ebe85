/**
 * Makes somebody an admin, who can then make others admins at /admin: npm run admin -- EMAIL [--data DIR]
 * The account has to be there, with its address confirmed. In the database of DIRECT_DATABASE_URL, otherwise in staging's of
 * the local cloud that runs. Exits 2 when there is no such account or database.
 */
import { randomUUID } from "node:crypto";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { Client } from "pg";
import { chooseTarget, NoTarget } from "./seed/target.ts";

const MAKE_ADMIN = `
  WITH made AS (
    UPDATE users SET role = 'admin', "updatedAt" = now()
    WHERE email = $1 AND "emailVerified" AND role <> 'admin' RETURNING id
  ), written AS (
    INSERT INTO audit_events (id, "userId", type, "requestId") SELECT $2, id, 'role_changed', 'npm run admin' FROM made
  )
  SELECT role, "emailVerified" FROM users WHERE email = $1`;

interface Found {
  readonly role: string;
  readonly emailVerified: boolean;
}

process.exitCode = await main(process.argv.slice(2));

async function main(args: readonly string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: { data: { type: "string" } },
  });
  const email = (positionals[0] ?? "").trim().toLowerCase();
  if (!email.includes("@")) return fail("Say whom, by e-mail address: npm run admin -- EMAIL");
  try {
    return await makeAdmin(dsnFor(values.data), email);
  } catch (error) {
    if (error instanceof NoTarget) return fail(error.message);
    throw error;
  }
}

/** @throws {NoTarget} */
function dsnFor(data: string | undefined): string {
  const { DIRECT_DATABASE_URL: named = "" } = process.env;
  if (named !== "") return named;
  const project = fileURLToPath(new URL("..", import.meta.url));
  return chooseTarget({ into: undefined, data, dsn: undefined, project }).dsn;
}

async function makeAdmin(dsn: string, email: string): Promise<number> {
  const client = new Client({ connectionString: dsn });
  await client.connect();
  try {
    const { rows } = await client.query<Found>(MAKE_ADMIN, [email, randomUUID()]);
    const [found] = rows;
    if (found === undefined) return fail(`Nobody has signed up as ${email}. Sign up there first.`);
    if (!found.emailVerified)
      return fail(`The address ${email} isn’t confirmed. Open the link in FM5’s mail first.`);
    // What the statement saw is what was before it.
    console.log(
      found.role === "admin" ? `${email} was an admin already.` : `${email} is an admin now. See /admin.`,
    );
    return 0;
  } finally {
    await client.end();
  }
}

function fail(problem: string): number {
  console.error(`admin: ${problem}`);
  return 2;
}

/**
 * Makes somebody an admin, who can then make others admins at /admin: npm run admin -- EMAIL
 * The account has to be there, with its address confirmed. Needs DIRECT_DATABASE_URL (or XATA_DATABASE_URL) of the environment.
 */
import { randomUUID } from "node:crypto";
import process from "node:process";
import { Client } from "pg";

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

const [email = ""] = process.argv.slice(2);
const { DIRECT_DATABASE_URL: direct, XATA_DATABASE_URL: usual } = process.env;
const connectionString = direct || usual;
if (!email.includes("@")) fail("say whom, by e-mail address: npm run admin -- EMAIL");
else if (connectionString === undefined || connectionString === "")
  fail(
    "DIRECT_DATABASE_URL is missing: the DSN of the environment’s database, for PostgreSQL’s own protocol",
  );
else await makeAdmin(connectionString, email.trim().toLowerCase());

async function makeAdmin(dsn: string, address: string): Promise<void> {
  const client = new Client({ connectionString: dsn });
  await client.connect();
  try {
    const { rows } = await client.query<Found>(MAKE_ADMIN, [address, randomUUID()]);
    const [found] = rows;
    if (found === undefined) fail(`nobody has signed up as ${address}. Sign up there first.`);
    else if (!found.emailVerified)
      fail(`the address ${address} isn’t confirmed. Open the link in FM5’s mail first.`);
    // What the statement saw is what was before it.
    else if (found.role === "admin") console.log(`${address} was an admin already.`);
    else console.log(`${address} is an admin now. See /admin.`);
  } finally {
    await client.end();
  }
}

function fail(problem: string): void {
  console.error(`admin: ${problem}`);
  process.exitCode = 2;
}

/**
 * A believable shop to look around in: npm run seed -- [--email ADDRESS --password WORDS] [--variants N] [--into DATABASE] [--data DIR]
 * Goes into the staging database of the local cloud that runs (npm start, npm run dev), or to DIRECT_DATABASE_URL.
 * What is there already stays as it is, so it can be run twice. Exits 2 when there is nothing to write to.
 */
import process from "node:process";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { Client } from "pg";
import { accountFor, type Credentials } from "./seed/account.ts";
import { storeObjects } from "./seed/bucket.ts";
import { catalogue } from "./seed/catalogue.ts";
import { manyVariants } from "./seed/many-variants.ts";
import { type Rows, TABLES } from "./seed/rows.ts";
import { filamentRows, type Shop } from "./seed/shelf.ts";
import { chooseTarget, NoTarget, type Target } from "./seed/target.ts";
import { work } from "./seed/work.ts";
import { writeRows } from "./seed/write.ts";

const SAMPLE: Credentials = { email: "shop@example.com", password: "a-spool-for-every-print" };

process.exitCode = await main(process.argv.slice(2));

async function main(args: readonly string[]): Promise<number> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      email: { type: "string", default: SAMPLE.email },
      password: { type: "string", default: SAMPLE.password },
      variants: { type: "string", default: "0" },
      into: { type: "string" },
      data: { type: "string" },
    },
  });
  const variants = Number(values.variants);
  if (!Number.isInteger(variants) || variants < 0) {
    console.error(`seed: --variants ${values.variants} is no number of variants.`);
    return 2;
  }
  try {
    const project = fileURLToPath(new URL("..", import.meta.url));
    const target = chooseTarget({
      into: values.into,
      data: values.data,
      dsn: process.env["DIRECT_DATABASE_URL"] || undefined,
      project,
    });
    await seed(target, { credentials: values, variants });
    return 0;
  } catch (error) {
    if (!(error instanceof NoTarget)) throw error;
    console.error(`seed: ${error.message}`);
    return 2;
  }
}

interface Wanted {
  readonly credentials: Credentials;
  readonly variants: number;
}

async function seed(target: Target, { credentials, variants }: Wanted): Promise<void> {
  const client = new Client({ connectionString: target.dsn });
  await client.connect();
  try {
    await client.query("BEGIN");
    const account = await accountFor(client, credentials);
    const shop: Shop = { ownerId: account.id, now: new Date() };
    const { objects, ...things } = catalogue(shop);
    await write(client, { filaments: filamentRows(shop), ...things, ...work(shop) });
    if (variants > 0) await writeMany(client, shop, variants);
    await client.query("COMMIT");

    const stored = target.bucket === undefined ? null : await storeObjects(target.bucket, objects);
    if (stored === null)
      console.log("seed: no bucket is known here, so the files of the revisions can’t be downloaded");
    else console.log(`seed: ${stored} files in ${target.bucket?.name}`);
    console.log(`seed: in ${target.name}, sign in as ${credentials.email}`);
    if (account.isNew) console.log(`seed: with the password ${credentials.password}`);
    else console.log("seed: with the password that this account has");
  } finally {
    await client.end();
  }
}

async function write(client: Client, rows: Rows): Promise<void> {
  for (const table of TABLES)
    console.log(
      `seed: ${await writeRows(client, table, rows[table])} of ${rows[table].length} ${table} added`,
    );
}

async function writeMany(client: Client, shop: Shop, count: number): Promise<void> {
  const { models, variants } = manyVariants(shop, count);
  console.log(`seed: ${await writeRows(client, "models", models)} more models added`);
  console.log(`seed: ${await writeRows(client, "variants", variants)} more variants added`);
}

import { afterAll, beforeAll, expect, test } from "vitest";
import { ROOT, run } from "./support/build.ts";
import { type DatabaseUnderTest, migrationNames, startDatabase } from "./support/database.ts";

let database: DatabaseUnderTest;

beforeAll(async () => {
  database = await startDatabase();
});

afterAll(() => database?.stop());

function prisma(...args: readonly string[]): Promise<string> {
  return run({ program: "prisma", args, cwd: ROOT, env: { XATA_DATABASE_URL: database.url } });
}

test("the committed migrations make exactly the tables that the schema describes", async () => {
  const difference = ["--from-config-datasource", "--to-schema", "prisma/schema.prisma", "--exit-code"];

  await expect(prisma("migrate", "diff", ...difference)).resolves.not.toContain("[+]");
});

test("the story's tables are there", async () => {
  const rows = await database.query(
    `SELECT table_name FROM information_schema.tables WHERE table_schema = 'public'`,
  );

  expect(rows.map((row) => row["table_name"])).toEqual(
    expect.arrayContaining(["users", "sessions", "accounts", "verifications", "jwks"]),
  );
});

test("a second deploy of the migrations changes nothing", async () => {
  const before = await database.query("SELECT * FROM _prisma_migrations");

  await prisma("migrate", "deploy");

  expect(await database.query("SELECT * FROM _prisma_migrations")).toEqual(before);
  expect(before.map((row) => row["migration_name"])).toEqual(await migrationNames());
});

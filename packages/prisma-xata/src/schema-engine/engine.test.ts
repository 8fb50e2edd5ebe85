import { spawn } from "node:child_process";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import type { SqlMigrationAwareDriverAdapterFactory } from "@prisma/driver-adapter-utils";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startGateway, type TestGateway } from "../testing/gateway.ts";
import { parseOptions } from "./options.ts";
import { migrationAdapterFactory, openClient } from "./pg-adapter.ts";

const ENGINE = fileURLToPath(new URL("../../bin/schema-engine.js", import.meta.url));
const FILTERS = { externalTables: [], externalEnums: [] };

let gateway: TestGateway;
let folder: string;
let schema: object;

beforeAll(async () => {
  gateway = await startGateway(["main"]);
  folder = await mkdtemp(join(tmpdir(), "schema-engine-"));
  const content = 'datasource db {\n  provider = "postgresql"\n}\nmodel Spool {\n  id Int @id\n}\n';
  await writeFile(join(folder, "schema.prisma"), content);
  schema = { files: [{ path: join(folder, "schema.prisma"), content }] };
});

afterAll(async () => {
  await gateway.stop();
  await rm(folder, { recursive: true });
});

interface Reply {
  readonly id: unknown;
  readonly method?: string;
  readonly params?: unknown;
  readonly result?: unknown;
  readonly error?: { readonly data: { readonly message: string; readonly error_code: string | null } };
}

/** Starts the engine as Prisma's CLI does, asks in turn, and ends its input. */
function ask(datasource: object, ...requests: readonly object[]): Promise<readonly Reply[]> {
  return askAbout(join(folder, "schema.prisma"), datasource, requests);
}

/** As `ask`, about another schema file. Resolves when the engine has ended. */
async function askAbout(
  file: string,
  datasource: object,
  requests: readonly object[],
): Promise<readonly Reply[]> {
  const child = spawn(ENGINE, ["--datamodels", file, "--datasource", JSON.stringify(datasource)]);
  const lines = requests.map((request, index) =>
    JSON.stringify({ jsonrpc: "2.0", id: index + 1, ...request }),
  );
  child.stdin.end(lines.map((line) => `${line}\n`).join(""));
  const output = await text(child.stdout);
  return output
    .trim()
    .split("\n")
    .map((line): Reply => JSON.parse(line));
}

async function errand(
  url: string,
  name: string,
): Promise<{ readonly code: number | null; readonly stderr: string }> {
  const child = spawn(ENGINE, ["--datasource", JSON.stringify({ url }), "cli", name]);
  const exit = new Promise<number | null>((resolve) => void child.once("exit", resolve));
  const stderr = await text(child.stderr);
  return { code: await exit, stderr };
}

const MIGRATIONS = {
  baseDir: "/nowhere",
  lockfile: { path: "migration_lock.toml", content: 'provider = "postgresql"\n' },
  migrationDirectories: [],
  shadowDbInitScript: "",
};

test("a new migration can be asked for at once: the engine gets its shadow database first", async () => {
  const params = {
    migrationName: "init",
    draft: false,
    migrationsList: MIGRATIONS,
    schema,
    filters: FILTERS,
  };

  const [created, loss] = await ask(
    { url: gateway.url() },
    { method: "createMigration", params },
    { method: "evaluateDataLoss", params },
  );

  expect(created?.result).toMatchObject({ extension: "sql", connectorType: "postgresql" });
  expect(JSON.stringify(created?.result)).toContain("CREATE TABLE");
  expect(loss?.result).toMatchObject({ migrationSteps: 1, unexecutableSteps: [], warnings: [] });
});

test("the engine ends with its input, whatever it is still waiting for", async () => {
  // With a path of this length it leaves a timer of a minute.
  const below = join(folder, "x".repeat(59)).slice(0, 59 - "/schema.prisma".length);
  await mkdir(below, { recursive: true });
  const path = join(below, "schema.prisma");
  const [{ content }] = (schema as { readonly files: readonly [{ readonly content: string }] }).files;
  await writeFile(path, content);
  const params = {
    migrationName: "init",
    draft: false,
    migrationsList: MIGRATIONS,
    schema: { files: [{ path, content }] },
    filters: FILTERS,
  };

  const [loss] = await askAbout(path, { url: gateway.url() }, [{ method: "evaluateDataLoss", params }]);

  expect(path).toHaveLength(59);
  expect(loss?.result).toMatchObject({ migrationSteps: 1 });
}, 20_000);

test("the shadow database is never the database itself", () => {
  const url = gateway.url();
  const factory = (shadowDatabaseUrl: string) =>
    migrationAdapterFactory({ url, shadowDatabaseUrl, onFailedScript: () => {} });

  expect(() => factory(url.replace("sslmode", "application_name=x&sslmode"))).toThrow("it would be emptied");
  expect(() => factory(url.replace("/main?", "/shadow?"))).not.toThrow();
});

test("a given shadow database is used, and a new one is made and dropped otherwise", async () => {
  const url = gateway.url();
  const given = migrationAdapterFactory({
    url,
    shadowDatabaseUrl: url.replace("/main?", "/postgres?"),
    onFailedScript,
  });
  const made = migrationAdapterFactory({ url, shadowDatabaseUrl: undefined, onFailedScript });
  const databaseOf = async (factory: SqlMigrationAwareDriverAdapterFactory) => {
    const adapter = await factory.connectToShadowDb();
    const { rows } = await adapter.queryRaw({
      sql: "SELECT current_database()::text",
      args: [],
      argTypes: [],
    });
    await adapter.dispose();
    return String(rows[0]?.[0]);
  };

  expect(await databaseOf(given)).toBe("postgres");
  const name = await databaseOf(made);

  expect(name).toMatch(/^prisma_migrate_shadow_db_/u);
  expect(await gateway.direct(`SELECT 1 FROM pg_database WHERE datname = '${name}'`)).toEqual([]);
});

function onFailedScript(): void {}

test("the CLI prints a diff because the engine has it do so", async () => {
  const params = {
    from: { tag: "empty" },
    to: { tag: "schemaDatamodel", ...schema },
    script: false,
    filters: FILTERS,
  };

  const [print, reply] = await ask({}, { method: "diff", params: { ...params, exitCode: true } });

  expect(print).toMatchObject({ method: "print", params: { content: expect.stringContaining("Spool") } });
  expect(reply).toMatchObject({ id: 1, result: { exitCode: 2, stdout: null } });
});

test("an unknown method is refused, and lines that ask nothing are ignored", async () => {
  const replies = await ask({}, { result: {} }, { method: "conquerTheWorld" });

  expect(replies).toMatchObject([
    { id: 2, error: { data: { message: "There is no method conquerTheWorld." } } },
  ]);
});

test("a migration waits 3 s for a lock and runs 60 s at most", async () => {
  const client = await openClient(gateway.url());

  const { rows } = await client.query(
    "SELECT current_setting('lock_timeout') AS lock, current_setting('statement_timeout') AS statement",
  );
  await client.end();

  expect(rows).toEqual([{ lock: "3s", statement: "1min" }]);
});

test.each([
  ["P1000", (url: string) => url.replace(/:[^:@]+@/u, ":wrong@")],
  ["P1001", (url: string) => url.replace(/:\d+\//u, ":1/")],
  ["P1003", (url: string) => url.replace("/main?", "/missing?")],
])("why a database can't be reached has Prisma's code %s", async (code, change) => {
  const { code: exitCode, stderr } = await errand(change(gateway.url()), "can-connect-to-database");

  const report: unknown = JSON.parse(stderr.trim());
  expect(exitCode).toBe(1);
  expect(report).toMatchObject({
    level: "ERROR",
    target: "schema_engine::logger",
    fields: { error_code: code },
  });
});

test("a missing database is made, and made once", async () => {
  const url = gateway.url().replace("/main?", "/made-here?");

  const first = await errand(url, "create-database");
  const second = await errand(url, "create-database");

  expect([first.code, second.code]).toEqual([0, 0]);
  expect(await errand(url, "can-connect-to-database")).toMatchObject({ code: 0 });
});

test("arguments are read as Prisma's CLI gives them", () => {
  const datasource = JSON.stringify({ url: "postgresql://h/d", shadowDatabaseUrl: "" });

  const options = parseOptions([
    "--datamodels",
    "a.prisma",
    "--datamodels",
    "b.prisma",
    "--datasource",
    datasource,
  ]);

  expect(options).toEqual({
    schemaFiles: ["a.prisma", "b.prisma"],
    url: "postgresql://h/d",
    shadowDatabaseUrl: undefined,
    errand: undefined,
  });
});

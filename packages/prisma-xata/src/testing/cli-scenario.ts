/**
 * Run by schema-engine.test.ts in a process of its own, without a network where that is possible: starts a gateway, runs the real
 * `prisma` command by command as a developer would, and prints what came of it as JSON.
 */
import { execFile } from "node:child_process";
import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { env, execPath, stdout } from "node:process";
import { fileURLToPath } from "node:url";
import { startGateway } from "./gateway.ts";

export interface CommandOutcome {
  readonly code: number;
  readonly output: string;
}

export interface ScenarioOutcome {
  readonly commands: Readonly<Record<string, CommandOutcome>>;
  readonly migrations: readonly string[];
  readonly databases: readonly unknown[];
  /** Tables and functions of which a failed migration must leave nothing. */
  readonly leftovers: readonly unknown[];
  readonly columns: readonly unknown[];
  readonly functionResult: readonly unknown[];
}

const SCHEMA = `generator client {
  provider = "prisma-client"
  output = "../generated"
}
datasource db {
  provider = "postgresql"
}
model Spool {
  id Int @id @default(autoincrement())
  color String @unique
}
`;
const CHANGED_SCHEMA = SCHEMA.replace("color String @unique", "color String @unique\n  grams Int?");

/** Semicolons inside a body, and a last statement that fails. */
const BROKEN_MIGRATION = `CREATE TABLE half_done (id int);
CREATE FUNCTION half_done() RETURNS int LANGUAGE plpgsql AS $$ BEGIN PERFORM 1; RETURN 1; END; $$;
SELECT 1/0;
`;
const MENDED_MIGRATION = `CREATE FUNCTION answer() RETURNS int LANGUAGE plpgsql AS $$ BEGIN PERFORM 1; RETURN 42; END; $$;\n`;
const THIRD = "20990101000000_third";

const ENGINE = fileURLToPath(new URL("../../bin/schema-engine.js", import.meta.url));
const NODE_MODULES = fileURLToPath(new URL("../../../../node_modules", import.meta.url));
const CLI = join(dirname(createRequire(import.meta.url).resolve("prisma/package.json")), "build", "index.js");

const gateway = await startGateway(["developer", "deployed"]);
const folder = await mkdtemp(join(tmpdir(), "prisma-cli-"));
const commands: Record<string, CommandOutcome> = {};

async function prisma(command: string, database?: string, input = ""): Promise<void> {
  const url = database === undefined ? "" : gateway.url(database);
  const environment = {
    PATH: `${dirname(execPath)}:${env["PATH"] ?? ""}`,
    NODE_COMPILE_CACHE: join(folder, "compiled"),
    TEST_URL: url,
  };
  const outcome = await new Promise<CommandOutcome>((resolve) => {
    const child = execFile(
      execPath,
      [CLI, ...command.split(" ")],
      { cwd: folder, env: environment },
      (error, out, err) => resolve({ code: Number(error?.code ?? 0), output: out + err }),
    );
    child.stdin?.end(input);
  });
  commands[database === undefined ? command : `${command} (${database})`] = outcome;
}

async function write(path: string, content: string): Promise<void> {
  await mkdir(dirname(join(folder, path)), { recursive: true });
  await writeFile(join(folder, path), content);
}

await symlink(NODE_MODULES, join(folder, "node_modules"));
await write(
  "prisma.config.ts",
  `process.env.PRISMA_SCHEMA_ENGINE_BINARY = ${JSON.stringify(ENGINE)};
   const url = process.env.TEST_URL;
   export default { schema: "prisma/schema.prisma", migrations: { path: "prisma/migrations" }, ...(url && { datasource: { url } }) };`,
);
await write("prisma/schema.prisma", SCHEMA);

await prisma("validate");
await Promise.all([prisma("generate"), prisma("migrate dev --name first", "developer")]);
await write("prisma/schema.prisma", CHANGED_SCHEMA);
await prisma("migrate dev --name second", "developer");
await Promise.all([
  prisma("migrate status", "developer"),
  prisma("migrate diff --from-empty --to-config-datasource --script", "developer"),
]);
await write(`prisma/migrations/${THIRD}/migration.sql`, BROKEN_MIGRATION);
await prisma("migrate deploy", "deployed");
const broken = commands["migrate deploy (deployed)"] ?? { code: -1, output: "" };
commands["migrate deploy (deployed), broken"] = broken;
const leftovers = await gateway.direct(
  "SELECT to_regclass('half_done') AS table, to_regproc('half_done') AS function",
  "deployed",
);
await prisma(`migrate resolve --rolled-back ${THIRD}`, "deployed");
await write(`prisma/migrations/${THIRD}/migration.sql`, MENDED_MIGRATION);
await prisma("migrate deploy", "deployed");
await Promise.all([
  prisma("db execute --stdin", "deployed", `INSERT INTO "Spool" (color) VALUES ('red; blue'); SELECT 1;`),
  prisma("db pull --print", "developer"),
]);
await write("prisma/schema.prisma", SCHEMA);
await prisma("db push --accept-data-loss", "deployed");

const directories = await readdir(join(folder, "prisma", "migrations"), { withFileTypes: true });
const outcome: ScenarioOutcome = {
  commands,
  migrations: directories
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name.replace(/^\d+_/u, ""))
    .sort(),
  databases: await gateway.direct(
    "SELECT datname FROM pg_database WHERE NOT datistemplate ORDER BY 1",
    "developer",
  ),
  leftovers,
  columns: await gateway.direct(
    "SELECT column_name FROM information_schema.columns WHERE table_name = 'Spool' ORDER BY ordinal_position",
    "deployed",
  ),
  functionResult: await gateway.direct(`SELECT answer(), (SELECT color FROM "Spool")`, "deployed"),
};
await readFile(join(folder, "generated", "client.ts"));
await gateway.stop();
await rm(folder, { recursive: true });
stdout.write(JSON.stringify(outcome));

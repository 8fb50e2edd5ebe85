import { execFile } from "node:child_process";
import { readFile, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { bindMigrationAwareSqlAdapterFactory } from "@prisma/driver-adapter-utils";
import { offlineAdapterFactory } from "../schema-engine/offline-adapter.ts";
import { loadSchemaEngine } from "../schema-engine/wasm.ts";

const PACKAGE = fileURLToPath(new URL("../../", import.meta.url));
const SCHEMA_FILE = fileURLToPath(new URL("schema.prisma", import.meta.url));
const ENGINE = fileURLToPath(new URL("../../bin/schema-engine.js", import.meta.url));

/** Prisma clients for the test schema, in a folder of their own that `remove` removes. */
export interface GeneratedClients {
  readonly folder: string;
  /** Modules that export `PrismaClient`. */
  readonly forNode: string;
  readonly forWorkerd: string;
  readonly remove: () => Promise<void>;
}

/** Runs the real `prisma generate`. */
export async function generateClients(): Promise<GeneratedClients> {
  const folder = await mkdtemp(join(tmpdir(), "prisma-xata-"));
  const schema = join(folder, "schema.prisma");
  await symlink(join(PACKAGE, "..", "..", "node_modules"), join(folder, "node_modules"));
  await writeFile(
    schema,
    `${generator("nodejs")}${generator("workerd")}${await readFile(SCHEMA_FILE, "utf8")}`,
  );
  const cli = join(
    dirname(createRequire(import.meta.url).resolve("prisma/package.json")),
    "build",
    "index.js",
  );
  await promisify(execFile)(process.execPath, [cli, "generate", "--schema", schema], {
    cwd: folder,
    env: { ...process.env, PRISMA_SCHEMA_ENGINE_BINARY: ENGINE },
  });
  return {
    folder,
    forNode: join(folder, "nodejs", "client.ts"),
    forWorkerd: join(folder, "workerd", "client.ts"),
    remove: async () => rm(folder, { recursive: true, force: true }),
  };
}

function generator(runtime: "nodejs" | "workerd"): string {
  return `generator ${runtime} {
  provider = "prisma-client"
  output = "./${runtime}"
  runtime = "${runtime}"
  compilerBuild = "small"
  importFileExtension = "ts"
}
`;
}

/** The statements that make the test schema's tables. */
export async function schemaSql(): Promise<string> {
  const content = await readFile(SCHEMA_FILE, "utf8");
  const engine = await (
    await loadSchemaEngine()
  ).new({ datamodels: undefined }, () => {}, bindMigrationAwareSqlAdapterFactory(offlineAdapterFactory()));
  const { stdout } = await engine.diff({
    from: { tag: "empty" },
    to: { tag: "schemaDatamodel", files: [{ path: SCHEMA_FILE, content }] },
    script: true,
    exitCode: null,
    filters: { externalTables: [], externalEnums: [] },
  });
  return stdout ?? "";
}

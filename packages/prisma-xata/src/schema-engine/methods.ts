import type { SchemaEngine } from "@prisma/schema-engine-wasm/schema_engine_bg";
import { createMissingDatabase } from "./databases.ts";
import { failedMigration, type FailedScript } from "./failed-migration.ts";
import type { Methods, Print } from "./json-rpc.ts";

/** Where the methods get their engines; each is started when it is first needed. */
export interface Engines {
  /** Connected to the database. */
  readonly connected: () => Promise<SchemaEngine>;
  /** Knows no database: for what is worked out from schemas alone. */
  readonly offline: () => Promise<SchemaEngine>;
  readonly url: string | undefined;
  /** The newest script that the database refused. */
  readonly failedScript: () => FailedScript | undefined;
}

/** Methods of the engine that take what Prisma's CLI sends and give what it expects. */
const FORWARDED = [
  "dbExecute",
  "devDiagnostic",
  "diagnoseMigrationHistory",
  "ensureConnectionValidity",
  "introspect",
  "introspectSql",
  "markMigrationApplied",
  "markMigrationRolledBack",
  "reset",
  "schemaPush",
] as const;

/** Methods that replay the migrations in a shadow database, but can't open one by themselves in the WASM engine. */
const NEEDING_SHADOW = ["createMigration", "evaluateDataLoss"] as const;

type EngineMethod = (typeof FORWARDED)[number] | (typeof NEEDING_SHADOW)[number] | "applyMigrations" | "diff";

/**
 * Everything that Prisma's CLI asks of a schema engine.
 * @see https://github.com/prisma/prisma-engines/tree/0edf323efd1d98336f3f0a68684b56f689b900d3/schema-engine/json-rpc-api
 */
export function engineMethods(engines: Engines, print: Print): Methods {
  const forward = (name: EngineMethod) => async (parameters: unknown) =>
    call(await engines.connected(), name, parameters);
  const withShadow = (name: EngineMethod) => async (parameters: unknown) => {
    await forward("devDiagnostic")(parameters);
    return forward(name)(parameters);
  };
  return {
    ...Object.fromEntries(FORWARDED.map((name) => [name, forward(name)])),
    ...Object.fromEntries(NEEDING_SHADOW.map((name) => [name, withShadow(name)])),
    applyMigrations: async (parameters) => {
      const before = engines.failedScript();
      return forward("applyMigrations")(parameters).catch((error: unknown) => {
        const script = engines.failedScript();
        throw script === before || script === undefined ? error : failedMigration(script, parameters, error);
      });
    },
    diff: async (parameters) => {
      const engine = await (needsDatabase(parameters) ? engines.connected() : engines.offline());
      const { stdout, exitCode } = resultOf(await call(engine, "diff", parameters));
      if (typeof stdout === "string") print(stdout);
      return { exitCode, stdout: null };
    },
    createDatabase: async () => ({ databaseName: await createMissingDatabase(engines.url) }),
    getDatabaseVersion: async () => (await engines.connected()).version(),
  };
}

/** Parameters go on as they came: the engine itself says what is wrong with them. */
async function call(engine: SchemaEngine, name: EngineMethod, parameters: unknown): Promise<unknown> {
  const method: unknown = engine[name];
  const result: unknown =
    typeof method === "function" ? Reflect.apply(method, engine, [parameters]) : undefined;
  return result;
}

function resultOf(document: unknown): { readonly stdout?: unknown; readonly exitCode?: unknown } {
  return isObject(document) ? { ...document } : {};
}

function needsDatabase(parameters: unknown): boolean {
  return ["from", "to"].some((side) => !["empty", "schemaDatamodel"].includes(tagOf(parameters, side)));
}

function tagOf(parameters: unknown, side: string): string {
  const target: unknown = isObject(parameters) ? Reflect.get(parameters, side) : undefined;
  return isObject(target) ? String(Reflect.get(target, "tag")) : "";
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}

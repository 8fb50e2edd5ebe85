import { readFile } from "node:fs/promises";
import { stderr, stdin, stdout } from "node:process";
import {
  bindMigrationAwareSqlAdapterFactory,
  type SqlMigrationAwareDriverAdapterFactory,
} from "@prisma/driver-adapter-utils";
import { checkConnection, createMissingDatabase, dropDatabase } from "./databases.ts";
import type { FailedScript } from "./failed-migration.ts";
import { EngineFailure } from "./failure.ts";
import { serveJsonRpc } from "./json-rpc.ts";
import { engineMethods, type Engines } from "./methods.ts";
import { offlineAdapterFactory } from "./offline-adapter.ts";
import { parseOptions, type EngineOptions, type Errand } from "./options.ts";
import { migrationAdapterFactory } from "./pg-adapter.ts";
import { loadSchemaEngine, type SchemaEngine } from "./wasm.ts";

const ERRANDS: Readonly<Record<Errand, (url: string | undefined) => Promise<unknown>>> = {
  "can-connect-to-database": checkConnection,
  "create-database": createMissingDatabase,
  "drop-database": dropDatabase,
};

/** Prisma's schema engine as its CLI starts it: one errand, or JSON-RPC over standard input and output. The exit code. */
export async function main(args: readonly string[]): Promise<number> {
  const options = parseOptions(args);
  try {
    if (options.errand === undefined) await serve(options);
    else await ERRANDS[options.errand](options.url);
    return 0;
  } catch (error) {
    reportFailure(EngineFailure.from(error));
    return 1;
  }
}

async function serve(options: EngineOptions): Promise<void> {
  const { url, shadowDatabaseUrl } = options;
  let failedScript: FailedScript | undefined;
  const onFailedScript = (failed: FailedScript) => {
    failedScript = failed;
  };
  const database =
    url === undefined ? undefined : migrationAdapterFactory({ url, shadowDatabaseUrl, onFailedScript });
  const engines: Engines = {
    url,
    failedScript: () => failedScript,
    connected: once(async () => startEngine(options, database ?? offlineAdapterFactory())),
    offline: once(async () => startEngine(options, offlineAdapterFactory())),
  };
  await serveJsonRpc((print) => engineMethods(engines, print), stdin, stdout);
  await database?.close();
}

async function startEngine(
  options: EngineOptions,
  adapter: SqlMigrationAwareDriverAdapterFactory,
): Promise<SchemaEngine> {
  const datamodels = await Promise.all(
    options.schemaFiles.map(async (file): Promise<[string, string]> => [file, await readFile(file, "utf8")]),
  );
  const engine = await loadSchemaEngine();
  return engine.new(
    { datamodels: datamodels.length === 0 ? undefined : datamodels },
    log,
    bindMigrationAwareSqlAdapterFactory(adapter),
  );
}

/** The CLI reads the engine's log from standard error, one JSON document a line. */
function log(line: string): void {
  stderr.write(`${line.trim()}\n`);
}

/** The CLI skips the first line and takes the last with level ERROR for the reason. */
function reportFailure({ message, code }: EngineFailure): void {
  const fields = { is_panic: false, message, ...(code !== undefined && { error_code: code }) };
  stderr.write(`\n${JSON.stringify({ level: "ERROR", target: "schema_engine::logger", fields })}\n`);
}

function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return async () => (made ??= make());
}

import { parseArgs } from "node:util";

/** What the engine is asked to do: one errand, or whatever comes over standard input. */
export type Errand = "can-connect-to-database" | "create-database" | "drop-database";

export interface EngineOptions {
  /** Paths of schema files. */
  readonly schemaFiles: readonly string[];
  /** The database's DSN; undefined for commands that need none. */
  readonly url: string | undefined;
  /** A database to use as shadow database, in place of one that is made and dropped. */
  readonly shadowDatabaseUrl: string | undefined;
  readonly errand: Errand | undefined;
}

const ERRANDS: readonly Errand[] = ["can-connect-to-database", "create-database", "drop-database"];

/**
 * Reads the arguments with which Prisma's CLI starts a schema engine.
 * @see https://github.com/prisma/prisma-engines/blob/0edf323efd1d98336f3f0a68684b56f689b900d3/schema-engine/cli/src/main.rs
 */
export function parseOptions(args: readonly string[]): EngineOptions {
  const { values, positionals } = parseArgs({
    args: [...args],
    strict: false,
    allowPositionals: true,
    options: {
      datamodels: { type: "string", short: "d", multiple: true },
      datasource: { type: "string" },
      "enabled-preview-features": { type: "string" },
      "extension-types": { type: "string" },
    },
  });
  const datasource = parseDatasource(values.datasource);
  return {
    schemaFiles: (values.datamodels ?? []).filter((file) => typeof file === "string"),
    url: textOf(datasource["url"]),
    shadowDatabaseUrl: textOf(datasource["shadowDatabaseUrl"]),
    errand: positionals[0] === "cli" ? ERRANDS.find((errand) => errand === positionals[1]) : undefined,
  };
}

function parseDatasource(text: string | boolean | undefined): Readonly<Record<string, unknown>> {
  const document: unknown = typeof text === "string" ? JSON.parse(text) : {};
  return typeof document === "object" && document !== null ? { ...document } : {};
}

function textOf(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}

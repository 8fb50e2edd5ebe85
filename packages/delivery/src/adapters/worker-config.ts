import { readFileSync } from "node:fs";
import { posix } from "node:path";
import { parse as parseJsonc, printParseErrorCode, type ParseError } from "jsonc-parser";
import { parse as parseToml } from "smol-toml";
import * as z from "zod";
import { DeliveryError } from "../errors.ts";
import { declaredTriggers, type Triggers, triggersConfigSchema } from "../triggers/triggers.ts";

const sectionSchema = triggersConfigSchema.extend({
  name: z.string().optional(),
  main: z.string().optional(),
  compatibility_date: z.string().optional(),
  assets: z.looseObject({ directory: z.string().optional() }).optional(),
  secrets: z.looseObject({ required: z.array(z.string()).default([]) }).optional(),
});

const configSchema = sectionSchema.extend({ env: z.record(z.string(), sectionSchema).default({}) });

/** What delivery reads of wrangler's configuration, for one environment. Everything else is wrangler's own. */
export interface WorkerConfig {
  readonly workerName: string;
  /** Paths are relative to the configuration file, with slashes. */
  readonly mainFolder: string;
  readonly assetsFolder: string | undefined;
  readonly compatibilityDate: string;
  readonly requiredSecrets: readonly string[];
  readonly triggers: Triggers;
}

/** wrangler's configuration as plain data. `file` decides the format: .toml, .json or .jsonc. */
export type RawWorkerConfig = Readonly<Record<string, unknown>>;

/** @throws {DeliveryError} CONFIGURATION */
export function readRawWorkerConfig(file: string): RawWorkerConfig {
  try {
    return parseRawWorkerConfig(file, readFileSync(file, "utf8"));
  } catch (error) {
    if (error instanceof DeliveryError) throw error;
    throw invalid(`${file} can't be read: ${error instanceof Error ? error.message : String(error)}`, error);
  }
}

export function parseRawWorkerConfig(file: string, text: string): RawWorkerConfig {
  if (file.endsWith(".toml")) return parseToml(text);
  const errors: ParseError[] = [];
  const value: unknown = parseJsonc(text, errors, { allowTrailingComma: true });
  const [first] = errors;
  if (first) throw invalid(`${file}: ${printParseErrorCode(first.error)} at character ${first.offset}`);
  return z.record(z.string(), z.unknown()).parse(value);
}

/** @throws {DeliveryError} CONFIGURATION when the environment or a needed key is missing. */
export function workerConfigOf(raw: RawWorkerConfig, workerEnv: string): WorkerConfig {
  const parsed = configSchema.safeParse(raw);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw invalid(`wrangler's configuration: ${issue?.path.join(".")}: ${issue?.message}`);
  }
  const config = parsed.data;
  const own = config.env[workerEnv];
  if (own === undefined) throw invalid(`wrangler's configuration has no environment "${workerEnv}".`);
  const name = own.name ?? (config.name === undefined ? undefined : `${config.name}-${workerEnv}`);
  const main = own.main ?? config.main;
  if (name === undefined)
    throw invalid(`wrangler's configuration gives the environment "${workerEnv}" no name.`);
  if (main === undefined) throw invalid("wrangler's configuration has no main.");
  return {
    workerName: name,
    mainFolder: posix.dirname(posix.normalize(main)),
    assetsFolder: (own.assets ?? config.assets)?.directory,
    compatibilityDate: own.compatibility_date ?? config.compatibility_date ?? "",
    requiredSecrets: own.secrets?.required ?? config.secrets?.required ?? [],
    triggers: declaredTriggers(config, own),
  };
}

const bucketsSchema = z.looseObject({
  r2_buckets: z.array(z.looseObject({ bucket_name: z.string().optional() })).default([]),
});

/** R2 buckets that an environment's Worker is bound to; bindings aren't inherited from the top level. */
export function bucketsOf(raw: RawWorkerConfig, workerEnv: string): readonly string[] {
  const environments = z.record(z.string(), z.unknown()).safeParse(raw["env"]).data ?? {};
  const { r2_buckets: bound = [] } = bucketsSchema.safeParse(environments[workerEnv]).data ?? {};
  return bound.flatMap(({ bucket_name: name }) => name ?? []);
}

/** Names of the environments that wrangler's configuration has, with what delivery reads of each. */
export function workerConfigsOf(raw: RawWorkerConfig): ReadonlyMap<string, WorkerConfig> {
  const environments = z.record(z.string(), z.unknown()).safeParse(raw["env"]).data ?? {};
  return new Map(Object.keys(environments).map((name) => [name, workerConfigOf(raw, name)]));
}

function invalid(message: string, cause?: unknown): DeliveryError {
  return new DeliveryError({
    code: "CONFIGURATION",
    message,
    hint: "npx wrangler deploy --dry-run --env NAME shows what wrangler itself makes of it.",
    cause,
  });
}

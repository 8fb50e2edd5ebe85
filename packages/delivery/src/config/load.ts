import { existsSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { pathToFileURL } from "node:url";
import * as z from "zod";
import { DeliveryError } from "../errors.ts";
import { Secret } from "../secrets/secret.ts";
import { nearest } from "./nearest.ts";
import { configurationSchema, type Configuration, type EnvironmentConfiguration } from "./schema.ts";

export const CONFIGURATION_FILE = "delivery.config.ts";

/** Everything that a command knows of the world outside: read once, frozen, passed down. */
export interface Settings {
  /** The folder of the configuration file. */
  readonly root: string;
  readonly configuration: Configuration;
  readonly cloudflare: {
    readonly apiBaseUrl: string;
    readonly accountId: string | undefined;
    readonly apiToken: Secret | undefined;
  };
  /** Values of the contract's secrets, and of variables that the configuration names, as far as they are set. */
  readonly secrets: ReadonlyMap<string, Secret>;
  readonly fingerprintKey: Secret | undefined;
  /** Folder for archives, journals and the ledger's copy. */
  readonly cacheDir: string;
  /** A folder with releases that were built on this machine, for clones that want to share them. */
  readonly builtReleasesDir: string | undefined;
  readonly eventsFile: string | undefined;
  /** Markdown for the job's page. */
  readonly summaryFile?: string | undefined;
  readonly actor: { readonly kind: "ci" | "person"; readonly name: string; readonly runUrl?: string };
  /** The whole environment, for child processes only. */
  readonly inherited: Readonly<Record<string, string | undefined>>;
}

const API_BASE_URL = "https://api.cloudflare.com/client/v4";

/**
 * Reads the configuration file of `root` and the environment.
 * @throws {DeliveryError} CONFIGURATION with the key or variable that is wrong.
 */
export async function loadSettings(
  root: string,
  env: Readonly<Record<string, string | undefined>> = process.env,
): Promise<Settings> {
  const configuration = withOverrides(parseConfiguration(await importConfiguration(root)), env);
  const names = [
    ...Object.keys(configuration.secrets),
    ...databaseVariables(configuration),
    ...notificationVariables(configuration),
  ];
  return Object.freeze({
    root,
    configuration,
    cloudflare: {
      apiBaseUrl: (nonEmpty(env["CLOUDFLARE_API_BASE_URL"]) ?? API_BASE_URL).replace(/\/$/u, ""),
      accountId: nonEmpty(env["CLOUDFLARE_ACCOUNT_ID"]),
      apiToken: secretFrom(env, "CLOUDFLARE_API_TOKEN"),
    },
    secrets: new Map(
      names.flatMap((name) => (env[name] === undefined ? [] : [[name, new Secret(name, env[name])]])),
    ),
    fingerprintKey: secretFrom(env, "DELIVERY_FINGERPRINT_KEY"),
    cacheDir: nonEmpty(env["DELIVERY_CACHE_DIR"]) ?? join(root, ".delivery"),
    builtReleasesDir: nonEmpty(env["DELIVERY_RELEASES_CACHE"]),
    eventsFile: nonEmpty(env["DELIVERY_EVENTS_FILE"]),
    summaryFile: nonEmpty(env["GITHUB_STEP_SUMMARY"]),
    actor: actorFrom(env),
    inherited: env,
  });
}

/** @throws {DeliveryError} USAGE that names the environments there are. */
export function environmentOf(configuration: Configuration, name: string): EnvironmentConfiguration {
  const environment = Object.hasOwn(configuration.environments, name)
    ? configuration.environments[name]
    : undefined;
  if (environment) return environment;
  const names = Object.keys(configuration.environments);
  const meant = nearest(name, names);
  throw new DeliveryError({
    code: "USAGE",
    message: `There is no environment "${name}" in ${CONFIGURATION_FILE}.`,
    hint:
      meant === undefined
        ? `It has: ${names.join(", ")}.`
        : `Did you mean "${meant}"? It has: ${names.join(", ")}.`,
  });
}

async function importConfiguration(root: string): Promise<unknown> {
  const file = join(root, CONFIGURATION_FILE);
  if (!existsSync(file)) {
    throw new DeliveryError({
      code: "CONFIGURATION",
      message: `There is no ${CONFIGURATION_FILE} in ${root}.`,
      hint: "Run the command in the project's folder, or make one: npx delivery init",
    });
  }
  try {
    const module = (await import(pathToFileURL(file).href)) as { default?: unknown };
    return module.default;
  } catch (error) {
    throw new DeliveryError({
      code: "CONFIGURATION",
      message: `${CONFIGURATION_FILE} can't be read: ${error instanceof Error ? error.message : String(error)}`,
      hint: "It must be a module whose default export is defineDelivery({…}).",
      cause: error,
    });
  }
}

/** @throws {DeliveryError} CONFIGURATION that names the first wrong key, with the nearest right one. */
export function parseConfiguration(value: unknown): Configuration {
  const parsed = configurationSchema.safeParse(value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const at = issue?.path.join(".") || "the default export";
  throw new DeliveryError({
    code: "CONFIGURATION",
    message: `${CONFIGURATION_FILE}: ${at}: ${issue?.message ?? "is malformed"}.`,
    hint: hintFor(issue),
  });
}

function hintFor(issue: z.core.$ZodIssue | undefined): string {
  if (issue?.code === "custom" && typeof issue.params?.["hint"] === "string") return issue.params["hint"];
  const unknown = issue?.code === "unrecognized_keys" ? issue.keys[0] : undefined;
  const known = unknown === undefined ? undefined : nearest(unknown, knownKeys());
  return known === undefined ? "docs/configuration.md lists every key." : `Did you mean "${known}"?`;
}

/** Every key of the schema, at any depth. */
function knownKeys(): readonly string[] {
  return keysOf(z.toJSONSchema(configurationSchema, { io: "input" }));
}

function keysOf(value: unknown): readonly string[] {
  if (typeof value !== "object" || value === null) return [];
  const own =
    "properties" in value && typeof value.properties === "object" ? Object.keys(value.properties ?? {}) : [];
  return [...own, ...Object.values(value).flatMap(keysOf)];
}

/** What differs between a real cloud and a local one, and where a rehearsal keeps its ledger, comes from the environment. */
function withOverrides(
  configuration: Configuration,
  env: Readonly<Record<string, string | undefined>>,
): Configuration {
  const connectTo = nonEmpty(env["DELIVERY_CONNECT_TO"]);
  const remote = nonEmpty(env["DELIVERY_LEDGER_REMOTE"]);
  const environments = Object.entries(configuration.environments).map(([name, environment]) => {
    return [name, connectTo === undefined ? environment : { ...environment, connectTo }] as const;
  });
  return {
    ...configuration,
    environments: Object.fromEntries(environments),
    ledger: remote === undefined ? configuration.ledger : { ...configuration.ledger, remote },
  };
}

function databaseVariables({ environments }: Configuration): readonly string[] {
  return Object.values(environments).flatMap(({ database }) => (database ? [database.urlFrom] : []));
}

function notificationVariables({ notifications }: Configuration): readonly string[] {
  return notifications.flatMap(({ urlFrom, secretFrom: key }) => [urlFrom, ...(key ? [key] : [])]);
}

function actorFrom(env: Readonly<Record<string, string | undefined>>): Settings["actor"] {
  const {
    GITHUB_ACTOR: actor,
    GITHUB_SERVER_URL: server,
    GITHUB_REPOSITORY: repository,
    GITHUB_RUN_ID: run,
  } = env;
  if (env["GITHUB_ACTIONS"] !== "true")
    return { kind: "person", name: env["USER"] ?? env["LOGNAME"] ?? "unknown" };
  return {
    kind: "ci",
    name: actor ?? "unknown",
    ...(server && repository && run ? { runUrl: `${server}/${repository}/actions/runs/${run}` } : {}),
  };
}

function secretFrom(env: Readonly<Record<string, string | undefined>>, name: string): Secret | undefined {
  const value = nonEmpty(env[name]);
  return value === undefined ? undefined : new Secret(name, value);
}

function nonEmpty(value: string | undefined): string | undefined {
  return value === undefined || value.trim() === "" ? undefined : value;
}

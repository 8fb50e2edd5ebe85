import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { readRawWorkerConfig, workerConfigsOf } from "../adapters/worker-config.ts";
import { CONFIGURATION_FILE } from "../config/load.ts";
import { scaffoldConfiguration } from "../config/scaffold.ts";
import { DeliveryError } from "../errors.ts";

export interface Initialized {
  readonly file: string;
  readonly environments: readonly string[];
  readonly bucket: string;
}

const WRANGLER_FILES = ["wrangler.toml", "wrangler.jsonc", "wrangler.json"];
const MIGRATIONS = "prisma/migrations";

/** Writes a configuration for a project that has one of wrangler's. Overwrites nothing. @throws {DeliveryError} USAGE, CONFIGURATION */
export function init(root: string): Initialized {
  const file = join(root, CONFIGURATION_FILE);
  if (existsSync(file)) {
    throw new DeliveryError({
      code: "USAGE",
      message: `${CONFIGURATION_FILE} is there already; it was left as it is.`,
      hint: "See what else is missing: npx delivery doctor",
    });
  }
  const config = WRANGLER_FILES.find((name) => existsSync(join(root, name)));
  if (config === undefined) {
    throw new DeliveryError({
      code: "CONFIGURATION",
      message: `There is no wrangler configuration in ${root}.`,
      hint: "Make a Worker first: npx wrangler init",
    });
  }
  const raw = readRawWorkerConfig(join(root, config));
  const environments = workerConfigsOf(raw);
  if (environments.size === 0) {
    throw new DeliveryError({
      code: "CONFIGURATION",
      message: `${config} has no environments to deliver to.`,
      hint: "Add them: [env.staging] and [env.production], each with a name of its own",
    });
  }
  const name = typeof raw["name"] === "string" ? raw["name"] : "worker";
  const text = scaffoldConfiguration({
    config,
    name,
    environments,
    hasBuildScript: hasBuildScript(root),
    migrations: existsSync(join(root, MIGRATIONS)) ? MIGRATIONS : undefined,
    hasPackage: existsSync(join(root, "node_modules", "delivery")),
  });
  writeFileSync(file, text, { flag: "wx" });
  return { file: CONFIGURATION_FILE, environments: [...environments.keys()], bucket: `${name}-releases` };
}

function hasBuildScript(root: string): boolean {
  const file = join(root, "package.json");
  if (!existsSync(file)) return false;
  const { scripts } = JSON.parse(readFileSync(file, "utf8")) as { scripts?: Record<string, string> };
  return scripts?.["build"] !== undefined;
}

export function presentInitialized({ file, environments, bucket }: Initialized): string {
  return `${file} is written, for ${environments.join(" and ")}. Then:
  1. Read it: addresses, forms of secrets and the variable with the database's DSN are guesses.
  2. npx wrangler r2 bucket create ${bucket}
  3. Bind the version's metadata in each environment (version_metadata), and answer /health with a health report.
  4. Keep .delivery out of git: echo .delivery >> .gitignore
  5. npx delivery doctor
`;
}

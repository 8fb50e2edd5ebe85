import type { WorkerConfig } from "../adapters/worker-config.ts";

export interface ScaffoldRequest {
  /** wrangler's configuration file. */
  readonly config: string;
  readonly name: string;
  readonly environments: ReadonlyMap<string, WorkerConfig>;
  readonly hasBuildScript: boolean;
  readonly migrations: string | undefined;
  /** Whether `import … from "delivery"` finds something in the project. */
  readonly hasPackage: boolean;
}

/** What stands where wrangler's configuration doesn't tell an address. */
export const PLACEHOLDER_HOST = "change-me.example.com";

/** A configuration to begin with, made of what wrangler's tells. */
export function scaffoldConfiguration(request: ScaffoldRequest): string {
  const { config, name, environments, hasBuildScript, migrations, hasPackage } = request;
  const build = hasBuildScript ? `["npm", "run", "build"]` : `["true"]`;
  const secrets = [...new Set([...environments.values()].flatMap(({ requiredSecrets }) => requiredSecrets))];
  const [open, close] = hasPackage
    ? [`import { defineDelivery } from "delivery";\n\nexport default defineDelivery({`, "});"]
    : ["export default {", "};"];
  return `${open}
  worker: { config: ${JSON.stringify(config)}, healthPath: "/health" },
  releases: { bucket: ${JSON.stringify(`${name}-releases`)}, build: ${build}${migrations === undefined ? "" : `, migrations: ${JSON.stringify(migrations)}`} },
  ledger: { remote: "origin" },
  environments: {
${[...environments].map(([workerEnv, worker]) => environment(workerEnv, worker, request)).join("\n")}
  },
  secrets: {
${secrets.map((secret) => `    ${secret}: { form: { pattern: "\\\\S+", description: "not empty" }, readers: ["worker"] },`).join("\n")}
  },
${close}
`;
}

function environment(
  name: string,
  worker: WorkerConfig,
  { environments: all, migrations }: ScaffoldRequest,
): string {
  const [host = PLACEHOLDER_HOST] = worker.triggers.domains;
  const guarded = name === "production" && all.has("staging");
  const database = migrations === undefined ? "" : `\n      database: { urlFrom: "DATABASE_URL" },`;
  return `    ${JSON.stringify(name)}: {
      workerEnv: ${JSON.stringify(name)},
      url: ${JSON.stringify(`https://${host}`)},${database}${guarded ? `\n      provenBy: "staging",\n      approval: "github",` : ""}
    },`;
}

import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { commitEverything, git, temporaryFolder } from "testkit";
import { startCloud, type Cloud } from "./cloud.ts";
import { run, type Finished } from "./run.ts";
import { visit } from "./visit.ts";

const PROJECT = join(import.meta.dirname, "..", "..");

/** A Worker that is as small as one can be that delivery delivers: no build, no database, one secret. */
export interface Shop {
  readonly cloud: Cloud;
  readonly folder: string;
  /** Writes a file of the project. */
  write(path: string, text: string): void;
  read(path: string): string;
  /** Commits everything and returns the commit. */
  commit(message: string): string;
  /** Runs a delivery command; `env` adds to, or takes away from, what staging and production are given. */
  delivery(args: readonly string[], env?: Readonly<Record<string, string | undefined>>): Promise<Finished>;
  /** Variables for a command of another tool. */
  env(environment: "staging" | "production"): Readonly<Record<string, string>>;
  /** What a visitor of the environment's address gets. */
  visit(
    environment: "staging" | "production",
    path?: string,
  ): Promise<{ readonly status: number; readonly body: string }>;
  visitHost(host: string): Promise<{ readonly status: number; readonly body: string }>;
  stop(): Promise<void>;
}

const SHOP_HOSTS = { staging: "staging.shop.example.com", production: "shop.example.com" } as const;

export async function openShop(
  options: {
    readonly buckets?: readonly string[];
    /** Of the local cloud, beside those that every rehearsal gives it. */
    readonly cloudArgs?: readonly string[];
    /** One that runs already, and goes on when the shop closes. */
    readonly cloud?: Cloud;
  } = {},
): Promise<Shop> {
  const { buckets = ["shop-releases"], cloudArgs = [] } = options;
  const ports = [0, 0, 0] as const;
  const start = () =>
    startCloud({
      project: PROJECT,
      dataDir: temporaryFolder("shop-cloud"),
      ports,
      databases: [],
      buckets,
      args: cloudArgs,
    });
  const cloud = options.cloud ?? (await start());
  const folder = createShopProject();
  // A folder of its own: releases of other projects may have the same ids.
  const machineEnv = { ...cloud.machineEnv, DELIVERY_RELEASES_CACHE: "" };
  const env = (environment: "staging" | "production") => ({
    ...machineEnv,
    ...cloud.sharedEnv,
    API_KEY: `the key of ${environment}`,
  });
  const seen = async (host: string, path: string) => {
    const { status, body } = await visit(cloud.ready.edgeUrl, { host, path });
    return { status, body };
  };
  return {
    cloud,
    folder,
    env,
    write: (path, text) => writeFileSync(join(folder, path), text),
    read: (path) => readFileSync(join(folder, path), "utf8"),
    commit: (message) => {
      git(folder, "add", "--all");
      git(folder, "commit", "--quiet", "--allow-empty", "--message", message);
      return git(folder, "rev-parse", "HEAD");
    },
    delivery: (args, changed = {}) =>
      run({
        argv: [join(PROJECT, "node_modules", ".bin", "delivery"), ...args],
        cwd: folder,
        env: { ...env(args.includes("production") ? "production" : "staging"), ...changed },
      }),
    visit: (environment, path = "/") => seen(SHOP_HOSTS[environment], path),
    visitHost: (host) => seen(host, "/"),
    stop: async () => {
      if (options.cloud === undefined) await cloud.stop();
    },
  };
}

/** The project in a folder and repository of its own. */
function createShopProject(): string {
  const folder = temporaryFolder("shop");
  for (const [path, text] of Object.entries(FILES)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  symlinkSync(join(PROJECT, "node_modules"), join(folder, "node_modules"));
  commitEverything(folder, "the shop opens");
  return folder;
}

const environmentOf = (name: keyof typeof SHOP_HOSTS) => `
[env.${name}]
name = "shop-${name}"
vars = { APP_ENV = "${name}" }
routes = [{ pattern = "${SHOP_HOSTS[name]}", custom_domain = true }]
workers_dev = false
preview_urls = true
[env.${name}.secrets]
required = ["API_KEY"]
[env.${name}.version_metadata]
binding = "CF_VERSION_METADATA"
`;

const FILES: Readonly<Record<string, string>> = {
  ".gitignore": "node_modules\n.delivery\n",
  "package.json": '{ "type": "module" }\n',
  "wrangler.toml": `name = "shop"\nmain = "dist/index.mjs"\ncompatibility_date = "2026-10-01"\nno_bundle = true\n${environmentOf("staging")}${environmentOf("production")}`,
  "dist/index.mjs": `const STATUS = "healthy";
export default {
  fetch(request, env) {
    const { id: version, tag: release } = env.CF_VERSION_METADATA;
    const headers = { "x-worker-version": version, "x-release": release };
    const { pathname } = new URL(request.url);
    if (pathname === "/key") return new Response(String(env.API_KEY.length), { headers });
    if (pathname !== "/health") return new Response("goods of the first day\\n", { headers });
    const now = new Date().toISOString();
    const services = { database: "ok", storage: "ok", email: "ok", schema: "ok" };
    const configuration = { API_KEY: env.API_KEY ? "present" : "absent" };
    const report = { schema: 1, status: STATUS, timestamp: now, checkedAt: now, release, version, environment: env.APP_ENV, services, latenciesMs: {}, schemaVersion: null, configuration };
    return Response.json(report, { status: STATUS === "healthy" ? 200 : 503, headers });
  },
};
`,
  "delivery.config.ts": `export default {
  worker: { config: "wrangler.toml" },
  releases: { bucket: "shop-releases", build: ["true"] },
  ledger: { termMs: 60_000 },
  gate: { timeoutMs: 5_000, passes: 2, intervalMs: 50 },
  environments: {
    staging: { workerEnv: "staging", url: "https://${SHOP_HOSTS.staging}", rollout: { steps: [0, 50, 100], soakMs: 100 } },
    production: { workerEnv: "production", url: "https://${SHOP_HOSTS.production}", provenBy: "staging" },
  },
  secrets: { API_KEY: { form: { pattern: ".{8,}", description: "at least 8 characters" }, readers: ["worker"] } },
};
`,
};

import type { Day } from "./worker.ts";

/** How an environment is delivered to, as `delivery.config.ts` has it. What is left out is quick and asks for health only. */
export interface Settings {
  /** Default: 0, 10, 50, 100. */
  readonly steps?: readonly number[];
  readonly soakMs?: number;
  readonly onInconclusive?: "pause" | "probes-decide";
  /** How often the candidate is asked in the soak, and the metrics are looked at. */
  readonly soakIntervalMs?: number;
  readonly metricsIntervalMs?: number;
  /** As few requests say nothing of the latency. */
  readonly minSamples?: number;
  /** Argv of commands that are a gate each. */
  readonly commands?: readonly (readonly string[])[];
  /** Whether a visitor's way through the shop is a gate. */
  readonly visit?: boolean;
  readonly bundleBytes?: number;
  readonly termMs?: number;
  /** How long a candidate may take to answer healthy for the first time. */
  readonly timeoutMs?: number;
}

export const BUCKETS = { releases: "shop-releases", switches: "shop-switches" } as const;

export function hostOf(environment: string): string {
  return `${environment}.shop.example.com`;
}

export function workerOf(environment: string): string {
  return `shop-${environment}`;
}

/** wrangler's configuration. */
export function wranglerConfig(shop: {
  readonly environment: string;
  /** Beside the environment's own. */
  readonly domains: readonly string[];
  readonly day: Day;
}): string {
  const { environment, domains, day } = shop;
  const own = {
    name: workerOf(environment),
    vars: { APP_ENV: environment },
    routes: [hostOf(environment), ...domains].map((pattern) => ({ pattern, custom_domain: true })),
    workers_dev: false,
    preview_urls: true,
    secrets: { required: ["API_KEY"] },
    version_metadata: { binding: "CF_VERSION_METADATA" },
    ...(day.switched && { r2_buckets: [{ binding: "SWITCHES", bucket_name: BUCKETS.switches }] }),
  };
  return json({
    name: "shop",
    main: "dist/index.mjs",
    compatibility_date: "2026-10-01",
    no_bundle: true,
    env: { [environment]: own },
  });
}

const SOAK_MS = 400;

export function deliveryConfig(environment: string, settings: Settings): string {
  const { steps = [0, 10, 50, 100], soakMs = SOAK_MS, onInconclusive = "probes-decide" } = settings;
  const {
    minSamples = 100,
    metricsIntervalMs = 200,
    soakIntervalMs = 100,
    commands = [],
    bundleBytes,
    termMs = 60_000,
    timeoutMs = 20_000,
  } = settings;
  const visit = { name: "visit", steps: [{ path: "/", expect: { status: 200, bodyIncludes: "goods" } }] };
  const configuration = {
    worker: { config: "wrangler.json" },
    releases: { bucket: BUCKETS.releases, build: ["true"] },
    ledger: { termMs },
    gate: {
      timeoutMs,
      passes: 2,
      intervalMs: 50,
      soakIntervalMs,
      metricsIntervalMs,
      limits: { inconclusives: 2 },
    },
    environments: {
      [environment]: {
        workerEnv: environment,
        url: `https://${hostOf(environment)}`,
        rollout: { steps, soakMs, onInconclusive, minSamples },
        gates: { commands, ...(bundleBytes !== undefined && { bundleBytes }) },
        probes: settings.visit === true ? [visit] : [],
      },
    },
    secrets: {
      API_KEY: { form: { pattern: ".{8,}", description: "at least 8 characters" }, readers: ["worker"] },
    },
  };
  return `export default ${json(configuration)};\n`;
}

function json(value: unknown): string {
  return JSON.stringify(value, null, 2);
}

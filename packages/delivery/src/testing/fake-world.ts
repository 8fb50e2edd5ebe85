import { createPlatform } from "../adapters/cloudflare-api.ts";
import type { Settings } from "../config/load.ts";
import { parseConfiguration } from "../config/load.ts";
import type { Context, Target } from "../context.ts";
import type { LedgerEntry } from "../ledger/entry.ts";
import type { LedgerStore, Uploader, UploadRequest } from "../ports.ts";
import { Secret } from "../secrets/secret.ts";
import type { Triggers } from "../triggers/triggers.ts";
import { answerApi, type ApiCall, type ApiFault } from "./fake-api.ts";
import { createFakeClock, type FakeClock } from "./fake-clock.ts";
import { FakeCloud } from "./fake-cloud.ts";
import { FakeEdge, type Behaviour } from "./fake-edge.ts";
import { createMemoryLedger, type MemoryLedger } from "./memory-ledger.ts";
import { answerMetrics } from "./fake-metrics.ts";
import { createFakeReleases } from "./fake-releases.ts";
import { seededRandom } from "./random.ts";

/** A platform, an edge with users, a ledger and releases, all in memory: what an engine's test delivers to. */
export interface FakeWorld {
  readonly cloud: FakeCloud;
  readonly edge: FakeEdge;
  readonly clock: FakeClock;
  readonly ledger: MemoryLedger;
  /** How releases behave, by id. */
  readonly behaviours: Map<string, Behaviour>;
  /** What releases declare beside the usual, by id. */
  readonly declared: Map<string, Partial<Triggers>>;
  /** What happens to requests to the API. Set it at any time. */
  apiFault: (call: ApiCall) => ApiFault;
  /** What a gate's command comes to. Set it at any time. */
  command: (
    argv: readonly string[],
    env: Readonly<Record<string, string>>,
  ) => { readonly exitCode: number; readonly output: string };
  /** Every request to the API, in order. */
  readonly calls: ApiCall[];
  /** What people were told. */
  readonly said: string[];
  /** A process that delivers. More than one may be at it. */
  process(options?: ProcessOptions): FakeProcess;
}

export interface FakeProcess {
  readonly context: Context;
  /** Resolves once the process was killed; nothing that it awaits comes back then. */
  readonly killed: Promise<"killed">;
}

interface ProcessOptions {
  /** Kills the process after that many events were journaled. */
  readonly killAfterEvents?: number;
  /** Kills it when it has sent that many writes to the platform, before their replies. */
  readonly killAfterWrites?: number;
}

export interface FakeWorldOptions {
  readonly seed?: number;
  readonly requestsPerMinute?: number;
  /** Of the environment `production`. */
  readonly environment?: Readonly<Record<string, unknown>>;
}

export const WORKER = "shop-production";

/** Triggers that every release declares. */
const DECLARED: Triggers = {
  domains: ["shop.example.com"],
  schedules: [],
  workersDev: false,
  previewUrls: true,
  hasZoneRoutes: false,
};

export function createFakeWorld(options: FakeWorldOptions = {}): FakeWorld {
  const clock = createFakeClock();
  const random = seededRandom(options.seed ?? 1);
  const cloud = new FakeCloud(() => clock.now());
  const behaviours = new Map<string, Behaviour>();
  const { requestsPerMinute = 0 } = options;
  const edge = new FakeEdge({ cloud, clock, random, behaviours, requestsPerMinute });
  let processes = 0;
  const world: FakeWorld = {
    cloud,
    edge,
    clock,
    behaviours,
    declared: new Map(),
    ledger: createMemoryLedger(),
    apiFault: () => "none",
    command: () => ({ exitCode: 0, output: "" }),
    calls: [],
    said: [],
    process: (processOptions = {}) => {
      processes += 1;
      return createProcess(world, { ...processOptions, settings: fakeSettings(options), pid: processes });
    },
  };
  return world;
}

/** The environment `production` of a fake process. */
export function productionOf({ settings }: Context): Target {
  const configuration = settings.configuration.environments["production"];
  if (configuration === undefined) throw new Error("there is no production");
  const worker = {
    workerName: WORKER,
    mainFolder: "dist",
    assetsFolder: undefined,
    compatibilityDate: "2026-01-01",
    requiredSecrets: [],
    triggers: DECLARED,
  };
  return { name: "production", configuration, worker };
}

function fakeSettings({ environment }: FakeWorldOptions): Settings {
  const configuration = parseConfiguration({
    worker: { config: "wrangler.toml" },
    releases: { bucket: "releases", build: ["true"] },
    ledger: {},
    environments: {
      production: { workerEnv: "production", url: "https://shop.example.com", ...environment },
    },
  });
  return {
    root: "/nowhere",
    configuration,
    cloudflare: {
      apiBaseUrl: "https://api.cloudflare.test/client/v4",
      accountId: "account",
      apiToken: new Secret("CLOUDFLARE_API_TOKEN", "token"),
    },
    secrets: new Map(),
    fingerprintKey: new Secret("DELIVERY_FINGERPRINT_KEY", "key"),
    cacheDir: "/nowhere/.delivery",
    builtReleasesDir: undefined,
    eventsFile: undefined,
    actor: { kind: "person", name: "someone" },
    inherited: {},
  };
}

/** Awaits that never come back once the process is dead. */
interface Life {
  readonly killed: Promise<"killed">;
  kill: () => void;
  guard: <T>(work: () => Promise<T>) => Promise<T>;
}

function createLife(): Life {
  let alive = true;
  let kill = () => undefined as void;
  const killed = new Promise<"killed">((resolve) => {
    kill = () => {
      alive = false;
      resolve("killed");
    };
  });
  const never = new Promise<never>(() => undefined);
  return {
    killed,
    kill: () => kill(),
    guard: async (work) => {
      if (!alive) return never;
      const result = await work();
      return alive ? result : never;
    },
  };
}

function createProcess(
  world: FakeWorld,
  { settings, pid, ...options }: ProcessOptions & { readonly settings: Settings; readonly pid: number },
): FakeProcess {
  const life = createLife();
  const { clock, edge, ledger } = world;
  let writes = 0;
  const wrote = () => {
    writes += 1;
    if (writes === options.killAfterWrites) life.kill();
  };
  const api = (url: string, init: RequestInit) => life.guard(() => answer(world, { url, init, wrote }));
  const store: LedgerStore = {
    read: (environment) => life.guard(() => ledger.read(environment)),
    append: (...args) => life.guard(() => ledger.append(...args)),
  };
  const aliveClock = { ...clock, sleep: (ms: number) => life.guard(() => clock.sleep(ms)) };
  let events = 0;
  const context: Context = {
    settings,
    clock: aliveClock,
    reporter: { say: (line) => world.said.push(line), measured: () => undefined, recorded: () => undefined },
    platform: createPlatform(settings, aliveClock, api),
    uploader: fakeUploader(world, life, wrote),
    probe: (target) => life.guard(async () => edge.probe(WORKER, "production", target)),
    run: (argv, env) => life.guard(async () => world.command(argv, env)),
    ledgers: store,
    releases: createFakeReleases(),
    openJournal: () => (_entry: LedgerEntry) => {
      events += 1;
      if (events === options.killAfterEvents) life.kill();
    },
    // Beyond what Linux gives out, so that it counts as gone.
    owner: { host: "a-machine", pid: 2 ** 22 + pid },
  };
  return { context, killed: life.killed };
}

async function answer(
  world: FakeWorld,
  { url, init, wrote }: { readonly url: string; readonly init: RequestInit; readonly wrote: () => void },
): Promise<Response> {
  const path = new URL(url).pathname.replace(/^\/client\/v4/u, "").replace(/^\/accounts\/[^/]+/u, "");
  const call = { method: init.method ?? "GET", path, index: world.calls.length };
  world.calls.push(call);
  const fault = world.apiFault(call);
  if (fault === "unavailable") return new Response("no healthy upstream", { status: 503 });
  if (fault === "unauthorized")
    return Response.json({ data: null, errors: [{ message: "not authorized for that account" }] });
  const graphql = (body: unknown) => answerMetrics(world.edge.minutes, body);
  const api = { cloud: world.cloud, graphql };
  if (typeof fault === "object") {
    world.clock.after(fault.doneAfterMs, () => void answerApi(api, url, init));
    throw new TypeError("fetch failed");
  }
  const response = await answerApi(api, url, init);
  if (call.method !== "GET" && path !== "/graphql") wrote();
  if (fault === "reply lost") throw new TypeError("fetch failed");
  return response;
}

/** What wrangler does, as far as the platform shows it. */
function fakeUploader({ cloud, declared }: FakeWorld, { guard }: Life, wrote: () => void): Uploader {
  const triggersOf = ({ manifest }: UploadRequest["release"]): Triggers => ({
    ...DECLARED,
    ...declared.get(manifest.releaseId),
  });
  const upload = ({ release: { manifest }, message }: Pick<UploadRequest, "release" | "message">) => {
    const etag = `etag-${manifest.archive.sha256}`;
    const versionId = cloud.upload(WORKER, { tag: manifest.releaseId, message, etag });
    wrote();
    return { versionId };
  };
  return {
    uploadVersion: (request) => guard(async () => upload(request)),
    uploadInheriting: (request) => guard(async () => upload(request)),
    createWorker: (request) =>
      guard(async () => {
        const { versionId } = upload(request);
        cloud.deploy(WORKER, [{ versionId, percentage: 100 }], "Automatic deployment on upload.");
        return { versionId };
      }),
    applyTriggers: ({ release }) =>
      guard(async () => {
        const worker = cloud.workers.get(WORKER);
        const { domains, schedules } = triggersOf(release);
        // Of what isn't declared nothing is sent.
        if (worker)
          worker.triggers = {
            ...worker.triggers,
            ...(domains.length > 0 && { domains }),
            ...(schedules && { schedules }),
          };
        wrote();
      }),
    declaredTriggers: ({ release }) => guard(async () => triggersOf(release)),
  };
}

import { join } from "node:path";
import process from "node:process";
import { git } from "testkit";
import type { Cloud } from "../cloud.ts";
import { run, type Finished } from "../run.ts";
import { openShop, type Shop } from "../shop.ts";
import { observePlatform, type ObservedPlatform } from "./platform.ts";
import { BUCKETS, deliveryConfig, hostOf, type Settings, workerOf, wranglerConfig } from "./project.ts";
import { startCommand, type Running } from "../terminal.ts";
import { startVisitors, visitOnce, type Visits } from "./visitors.ts";
import { startWire, type Wire } from "./wire.ts";
import { GOODS, workerSource, type Behaviour, type Day } from "./worker.ts";

const PROJECT = join(import.meta.dirname, "..", "..", "..");

/** A shop, a local cloud, and a wire between delivery and its API, on which one scenario after the other is played. */
export interface Theatre {
  readonly shop: Shop;
  readonly wire: Wire;
  readonly platform: ObservedPlatform;
  /** Days by the beginning of their release's commit. */
  readonly days: Map<string, number>;
  stop(): Promise<void>;
}

/** With a local cloud of its own, unless it is to use another theatre's. */
export async function openTheatre(
  options: { readonly cloudArgs?: readonly string[]; readonly cloud?: Cloud } = {},
): Promise<Theatre> {
  const shop = await openShop({ buckets: Object.values(BUCKETS), ...options });
  const wire = await startWire(shop.cloud.ready.apiBaseUrl);
  return {
    shop,
    wire,
    platform: observePlatform(shop.cloud, join(PROJECT, "node_modules", ".bin", "local-cloud")),
    days: new Map(),
    stop: async () => {
      await wire.stop();
      await shop.stop();
    },
  };
}

type Variables = Readonly<Record<string, string | undefined>>;

/** What a release does otherwise than the others. */
export interface Candidate {
  readonly behaviour?: Behaviour;
  /** Its behaviour may be changed while it runs, by `put`. */
  readonly switched?: boolean;
  /** Hosts beside the environment's own. */
  readonly domains?: readonly string[];
}

/** One environment of the shop, and people at terminals. */
export interface Stage {
  readonly environment: string;
  readonly worker: string;
  readonly host: string;
  /** The secret's value, unless a command is given another one. */
  readonly apiKey: string;
  readonly theatre: Theatre;
  /** Makes the project such a release of a new day, and commits it. Returns the day. */
  open(candidate: Candidate, settings?: Settings): number;
  /** Changes what a release does that is `switched`. */
  put(behaviour: Behaviour): Promise<void>;
  /** Runs a delivery command to its end. Default: the candidate's delivery. */
  delivery(args?: readonly string[], env?: Variables): Promise<Finished>;
  /** Starts a delivery command in a terminal, or one of wrangler. */
  start(args?: readonly string[], env?: Variables, tool?: "delivery" | "wrangler"): Running;
  /** Runs the project's wrangler by hand. */
  wrangler(args: readonly string[], folder?: string): Promise<Finished>;
  /** Runs a line of a workflow, by hand too. */
  shell(line: string): Promise<Finished>;
  visit(path?: string): Promise<{ readonly status: number; readonly body: string }>;
  visitors(perSecond: number): { stop(): Promise<Visits> };
  /** Percentages by day; `other` is what no delivery brought. Undefined where visitors reach nothing. */
  served(): Promise<Served | undefined>;
}

export type Served = Readonly<Record<number | "other", number>>;

export function openStage(theatre: Theatre, environment: string, settings: Settings): Stage {
  const { shop, wire, platform, days } = theatre;
  const host = hostOf(environment);
  const worker = workerOf(environment);
  const apiKey = `the key of ${environment}`;
  const env = (variables: Variables = {}) => ({
    ...shop.env("staging"),
    API_KEY: apiKey,
    CLOUDFLARE_API_BASE_URL: wire.apiBaseUrl,
    ...variables,
  });
  const command = (name: string, args: readonly string[], variables?: Variables) => ({
    argv: [join(PROJECT, "node_modules", ".bin", name), ...args],
    cwd: shop.folder,
    env: env(variables),
  });
  const visit = (path?: string) =>
    visitOnce({ cloud: shop.cloud, host, ...(path !== undefined && { path }) });
  return {
    environment,
    worker,
    host,
    apiKey,
    theatre,
    open: (candidate, changed = settings) => {
      const number = days.size + 1;
      const { behaviour = {}, switched = false, domains = [] } = candidate;
      const day: Day = { number, behaviour, switched };
      shop.write("dist/index.mjs", workerSource(day));
      shop.write("wrangler.json", wranglerConfig({ environment, domains, day }));
      shop.write("delivery.config.ts", deliveryConfig(environment, changed));
      days.set(shop.commit(`day ${number}`).slice(0, 7), number);
      return number;
    },
    put: (behaviour) => platform.putObject(BUCKETS.switches, environment, JSON.stringify(behaviour)),
    delivery: (args = ["deploy", environment], variables = {}) => run(command("delivery", args, variables)),
    start: (args = ["deploy", environment], variables = {}, tool = "delivery") =>
      startCommand(command(tool, args, { CI: "true", ...variables })),
    wrangler: (args, folder = shop.folder) =>
      run({ ...command("wrangler", args, { CI: "true" }), cwd: folder }),
    shell: (line) =>
      run({ argv: ["sh", "-c", line], cwd: shop.folder, env: env({ CI: "true", PATH: withTools() }) }),
    visit,
    visitors: (perSecond) => startVisitors({ cloud: shop.cloud, host, perSecond }),
    served: () => servedDays({ theatre, worker, visit }),
  };
}

/** As npx has it. */
function withTools(): string {
  return `${join(PROJECT, "node_modules", ".bin")}:${process.env["PATH"] ?? ""}`;
}

interface Observed {
  readonly theatre: Theatre;
  readonly worker: string;
  readonly visit: Stage["visit"];
}

const VISITS = 5;

/** By the platform's deployment, and, where one version has all traffic, by its visitors too. */
async function servedDays({ theatre, worker, visit }: Observed): Promise<Served | undefined> {
  const shares = (await theatre.platform.serving(worker)) ?? {};
  const tags = await theatre.platform.tags(worker, Object.keys(shares));
  const seen = await Promise.all(Array.from({ length: VISITS }, () => visit()));
  if (seen.every(({ status }) => status === 404)) return undefined;
  const served = Object.fromEntries(
    Object.entries(shares).map(([id, percentage]) => [dayOf(theatre, tags.get(id)) ?? "other", percentage]),
  ) as Served;
  const [only, ...others] = Object.keys(served);
  const expected = `${GOODS} ${only}`;
  if (others.length > 0 || only === "other" || seen.every(({ body }) => body === expected)) return served;
  throw new Error(`day ${only} is deployed, and visitors see ${seen.map(({ body }) => body).join(", ")}`);
}

/** The day of a release, by its id: `r-TIME-COMMIT7`. */
export function dayOf({ days }: Pick<Theatre, "days">, releaseId = ""): number | undefined {
  return days.get(releaseId.split("-")[2] ?? "");
}

/** Forgets an environment: its Worker, its history, and what was put for it. */
export async function clearStage({ theatre: { platform, shop }, environment, worker }: Stage): Promise<void> {
  await platform.deleteWorker(worker);
  await platform.deleteObject(BUCKETS.switches, environment);
  git(shop.cloud.ledger, "update-ref", "-d", `refs/delivery/${environment}`);
}

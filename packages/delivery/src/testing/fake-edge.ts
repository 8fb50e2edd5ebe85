import type { ProbeAnswer, ProbeTarget } from "../ports.ts";
import type { FakeClock } from "./fake-clock.ts";
import type { FakeCloud } from "./fake-cloud.ts";
import { binomial, normal, type Random } from "./random.ts";

/** How a release behaves, depending on its share of the traffic. */
export interface Behaviour {
  readonly healthy?: (at: { readonly percentage: number; readonly elapsedMs: number }) => boolean;
  /** Share of the requests that end with an error. */
  readonly errorRate?: (at: { readonly percentage: number }) => number;
  readonly medianMs?: number;
  /** Answers what isn't the health endpoint; 200 and "a page" unless given. */
  readonly page?: (target: ProbeTarget) => FakePage;
}

interface FakePage {
  readonly status: number;
  readonly body: string;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface TrafficMinute {
  requests: number;
  errors: number;
  readonly latenciesMs: number[];
}

export interface FakeEdgeParts {
  readonly cloud: FakeCloud;
  readonly clock: FakeClock;
  readonly random: Random;
  /** By release id; others are healthy, with one error in a hundred requests. */
  readonly behaviours: Map<string, Behaviour>;
  readonly requestsPerMinute: number;
}

const OVERRIDES = "Cloudflare-Workers-Version-Overrides";
const ERROR_RATE = 0.01;
const MEDIAN_MS = 80;
const PROBE_MS = 5;
/** A factor of about 2.7 between median and 95th percentile. */
const SIGMA = 0.6;

/** Answers requests by what is deployed, and has users who make some. */
export class FakeEdge {
  readonly #parts: FakeEdgeParts;
  /** `worker version minute` → what users met there. */
  readonly minutes = new Map<string, TrafficMinute>();
  /** Pretends that pinned requests are answered by stable: an override that is lost on the way. */
  ignoresOverrides = false;
  readonly #startMs: number;

  constructor(parts: FakeEdgeParts) {
    this.#parts = parts;
    this.#startMs = parts.clock.monotonicMs();
    parts.clock.onPassing((fromMs, toMs) => this.#pass(fromMs, toMs));
  }

  /** A request from the delivery. The host's first label, or a preview's, names the Worker. */
  probe(worker: string, environment: string, target: ProbeTarget): ProbeAnswer {
    const { cloud } = this.#parts;
    const serving = cloud.serving(worker);
    const asked = /="(?<id>[^"]+)"/u.exec(target.headers[OVERRIDES] ?? "")?.groups?.["id"];
    const preview = cloud.workers
      .get(worker)
      ?.versions.find(({ id }) => new URL(target.url).hostname.startsWith(id.slice(0, 8)));
    const pinned = asked !== undefined && asked in serving && !this.ignoresOverrides ? asked : undefined;
    const version = preview?.id ?? pinned ?? this.#draw(serving);
    if (version === undefined) return { kind: "none", reason: "no Worker answers there" };
    const minute = this.#minute(worker, version, Math.floor(this.#parts.clock.monotonicMs() / 60_000));
    minute.requests += 1;
    minute.latenciesMs.push(PROBE_MS);
    if (new URL(target.url).pathname !== "/health") return this.#page(worker, version, target);
    return this.#health({ worker, version, environment, percentage: serving[version] ?? 0 });
  }

  #page(worker: string, version: string, target: ProbeTarget): ProbeAnswer {
    const { page = (): FakePage => ({ status: 200, body: "a page" }) } = this.#behaviour(worker, version);
    const { status, body, headers } = page(target);
    return {
      kind: "answer",
      status,
      headers: { "x-worker-version": version, ...headers },
      body,
      durationMs: PROBE_MS,
    };
  }

  #draw(serving: Readonly<Record<string, number>>): string | undefined {
    let left = this.#parts.random() * 100;
    return Object.entries(serving).find(([, percentage]) => (left -= percentage) < 0)?.[0];
  }

  #behaviour(worker: string, version: string): Behaviour {
    const { cloud, behaviours } = this.#parts;
    return behaviours.get(cloud.tagOf(worker, version) ?? "") ?? {};
  }

  #health(at: { worker: string; version: string; environment: string; percentage: number }): ProbeAnswer {
    const { worker, version, environment, percentage } = at;
    const nowMs = this.#parts.clock.monotonicMs();
    const { healthy = () => true } = this.#behaviour(worker, version);
    const well = healthy({ percentage, elapsedMs: nowMs - this.#startMs });
    const time = new Date(nowMs).toISOString();
    const report = {
      schema: 1,
      status: well ? "healthy" : "unhealthy",
      timestamp: time,
      checkedAt: time,
      release: this.#parts.cloud.tagOf(worker, version) ?? "",
      version,
      environment,
      services: { database: well ? "ok" : "down", storage: "ok", email: "ok", schema: "ok" },
      latenciesMs: {},
      schemaVersion: null,
      configuration: {},
    };
    return {
      kind: "answer",
      status: well ? 200 : 503,
      headers: { "x-worker-version": version },
      body: JSON.stringify(report),
      durationMs: PROBE_MS,
    };
  }

  #pass(fromMs: number, toMs: number): void {
    for (let at = fromMs; at < toMs;) {
      const minute = Math.floor(at / 60_000);
      const until = Math.min(toMs, (minute + 1) * 60_000);
      for (const worker of this.#parts.cloud.workers.keys())
        this.#visit(worker, minute, (until - at) / 60_000);
      at = until;
    }
  }

  #visit(worker: string, minute: number, share: number): void {
    const { cloud, random, requestsPerMinute } = this.#parts;
    for (const [version, percentage] of Object.entries(cloud.serving(worker))) {
      const expected = requestsPerMinute * share * (percentage / 100);
      const requests = Math.floor(expected + random());
      if (requests === 0) continue;
      const { errorRate = () => ERROR_RATE, medianMs = MEDIAN_MS } = this.#behaviour(worker, version);
      const bucket = this.#minute(worker, version, minute);
      bucket.requests += requests;
      bucket.errors += binomial(random, requests, errorRate({ percentage }));
      for (let drawn = 0; drawn < requests; drawn += 1)
        bucket.latenciesMs.push(medianMs * Math.exp(SIGMA * normal(random)));
    }
  }

  #minute(worker: string, version: string, minute: number): TrafficMinute {
    const key = `${worker} ${version} ${minute}`;
    const bucket = this.minutes.get(key) ?? { requests: 0, errors: 0, latenciesMs: [] };
    this.minutes.set(key, bucket);
    return bucket;
  }
}

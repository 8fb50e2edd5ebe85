import { setTimeout as sleep } from "node:timers/promises";
import { api, uploadForm } from "../testing/api-client.ts";
import { startCloudProcess } from "../testing/cloud-process.ts";
import { edgeRequest } from "../testing/edge-request.ts";
import type { Ready } from "../ready-file.ts";
import type { Drill } from "./drill.ts";
import { quantile, startLoad, type Hit } from "./load.ts";

interface LimitsResult {
  readonly requests: number;
  readonly failures: number;
  readonly baselineP95Ms: number;
  /** Of the other version's requests while a greedy one was under way. */
  readonly p95Ms: number;
  /** While the greedy version's process was started again. */
  readonly startingP95Ms: number;
  /** Each greedy request: what it was answered, and after how long. */
  readonly greedy: readonly { readonly path: string; readonly status: number; readonly tookMs: number }[];
}

const CPU_MS = 1000;
const REQUESTS_PER_SECOND = 100;
const BASELINE_MS = 8000;
const ROUNDS = 4;
/** Below that, a timer's turn is all that a p95 shows. */
const SMALLEST_P95_MS = 5;

/** A Worker that keeps within every limit. */
export const PLAIN = `export default { fetch() { return new Response("plain"); } };`;
/** A Worker that loops, or hoards memory inside or outside of the heap, by path. */
export const GREEDY = `
const kept = [];
export default {
  async fetch(request) {
    switch (new URL(request.url).pathname) {
      case "/loop":
        for (;;);
      case "/objects":
        for (;;) kept.push({ number: Math.random(), texts: [1, 2, 3].map(String) });
      case "/buffers":
        for (;;) { kept.push(new Uint8Array(1e6).fill(1)); await scheduler.wait(1); }
    }
    return new Response("fine");
  },
};`;

export const limitsDrill: Drill = {
  about:
    "A version that loops or hoards memory gets 1102 within its limit plus 1 s, while the p95 of others stays within twice its baseline.",
  run: async ({ log }) => {
    const cloud = await startCloudProcess();
    try {
      const result = await beGreedy(cloud.ready, log);
      return { ok: holds(result), result };
    } finally {
      await cloud.end("SIGTERM");
    }
  },
};

function holds({ failures, baselineP95Ms, p95Ms, greedy }: LimitsResult): boolean {
  const stopped = greedy.every(({ status, tookMs }) => status === 503 && tookMs <= CPU_MS + 1000);
  return failures === 0 && stopped && p95Ms <= 2 * Math.max(SMALLEST_P95_MS, baselineP95Ms);
}

async function beGreedy(ready: Ready, log: (line: string) => void): Promise<LimitsResult> {
  await api(ready, "PUT /workers/scripts/plain", uploadForm(PLAIN));
  await api(ready, "PUT /workers/scripts/greedy", uploadForm(GREEDY, { limits: { cpu_ms: CPU_MS } }));
  const hits: Hit[] = [];
  const load = startLoad(ready, REQUESTS_PER_SECOND, {
    next: () => ({ host: "plain.localhost", path: "/" }),
    onHit: (hit) => hits.push(hit),
  });
  await sleep(BASELINE_MS);
  const baseline = hits.splice(0);
  const starting: Hit[] = [];
  const others: Hit[] = [];
  const greedy: LimitsResult["greedy"][number][] = [];
  for (let round = 1; round <= ROUNDS; round += 1) {
    for (const path of ["/loop", "/objects", "/buffers"]) {
      await edgeRequest(ready, { host: "greedy.localhost" });
      starting.push(...hits.splice(0));
      const startedAt = performance.now();
      const { status } = await edgeRequest(ready, { host: "greedy.localhost", path });
      greedy.push({ path, status, tookMs: Math.round(performance.now() - startedAt) });
      others.push(...hits.splice(0));
    }
    log(`${round} of ${ROUNDS} rounds`);
  }
  await load.stop();
  return {
    requests: baseline.length + starting.length + others.length + hits.length,
    failures: [...baseline, ...starting, ...others, ...hits].filter(({ status }) => status !== 200).length,
    baselineP95Ms: p95(baseline),
    p95Ms: p95(others),
    startingP95Ms: p95(starting),
    greedy,
  };
}

function p95(hits: readonly Hit[]): number {
  const durations = hits.map(({ sentAt, endedAt }) => endedAt - sentAt);
  return Math.round(quantile(durations, 0.95) * 10) / 10;
}

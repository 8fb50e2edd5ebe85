import { parseInvocations } from "../adapters/invocations.ts";
import { judgeMetrics, NOTHING_LOOKED_AT, type MetricsRules } from "../gate/judge-metrics.ts";
import { NO_METRICS, type Stratum } from "../gate/metrics.ts";
import { binomial, type Random } from "../testing/random.ts";
import {
  countRequests,
  nothingCounted,
  quantilesUs,
  type Counted,
  type SimulatedVersion,
} from "./simulated-traffic.ts";

export interface SimulatedRollout {
  readonly stable: SimulatedVersion;
  readonly candidate: SimulatedVersion;
  /** Expected requests to the candidate while it has 10 %. */
  readonly requests: number;
  /** The platform counts one request in so many, and answers with estimates. */
  readonly sampleInterval: number;
  readonly rules: MetricsRules;
}

export type StepOutcome = "stopped" | "passed" | "inconclusive";

/** Length of a soak, with a look at the metrics each minute. */
const SOAK_MINUTES = 10;
/** Looks after the soak, while late counts come in. */
const LATE_LOOKS = 3;
/** Of a minute's requests that many are counted at the next look, the rest one look later. */
const COUNTED_EARLY = 0.6;
const LEVELS = { P25: 0.25, P50: 0.5, P75: 0.75, P90: 0.9, P95: 0.95, P99: 0.99, P999: 0.999 };
const NAMES = Object.keys(LEVELS).map((suffix) => `wallTime${suffix}`);

interface Window {
  readonly candidate: Counted;
  readonly stable: Counted;
}

/** The steps at 10 % and 50 %, as the real judge goes through them; the second one only if the first didn't stop it. */
export function simulateRollout(
  random: Random,
  rollout: SimulatedRollout,
  options: { readonly throughBothSteps: boolean },
): readonly StepOutcome[] {
  const first: Window = { candidate: nothingCounted(), stable: nothingCounted() };
  const outcome = simulateStep(random, rollout, { share: 0.1, windows: [first] });
  if (outcome === "stopped" || !options.throughBothSteps) return [outcome];
  const second: Window = { candidate: nothingCounted(), stable: nothingCounted() };
  return [outcome, simulateStep(random, rollout, { share: 0.5, windows: [first, second] })];
}

function simulateStep(
  random: Random,
  rollout: SimulatedRollout,
  { share, windows }: { readonly share: number; readonly windows: readonly Window[] },
): StepOutcome {
  const current = windows.at(-1);
  const perMinute = (rollout.requests * 10) / rollout.sampleInterval / SOAK_MINUTES;
  let state = NOTHING_LOOKED_AT;
  let late = 0;
  for (let look = 1; look <= SOAK_MINUTES + LATE_LOOKS; look += 1) {
    const fresh = look <= SOAK_MINUTES ? perMinute * COUNTED_EARLY : 0;
    if (current) count(random, rollout, { window: current, share, total: Math.round(fresh + late) });
    late = look <= SOAK_MINUTES ? perMinute * (1 - COUNTED_EARLY) : 0;
    const finding = judgeMetrics(state, observe(rollout, windows), rollout.rules);
    ({ state } = finding);
    if (finding.result === "fail") return "stopped";
    if (finding.result === "pass" && look >= SOAK_MINUTES) return "passed";
  }
  return "inconclusive";
}

function count(
  random: Random,
  { candidate, stable }: SimulatedRollout,
  { window, share, total }: { readonly window: Window; readonly share: number; readonly total: number },
): void {
  const requests = binomial(random, total, share);
  countRequests(random, window.candidate, { ...candidate, requests });
  countRequests(random, window.stable, { ...stable, requests: total - requests });
}

/** What the judge sees: an answer of the analytics API, read by the adapter. */
function observe({ sampleInterval }: SimulatedRollout, windows: readonly Window[]): readonly Stratum[] {
  const account = Object.fromEntries(
    windows.map(({ candidate, stable }, index) => [
      `window${index}`,
      [row("candidate", candidate, sampleInterval), row("stable", stable, sampleInterval)].flat(),
    ]),
  );
  const answer = { data: { viewer: { accounts: [account] } }, errors: null };
  const parsed = parseInvocations(
    answer,
    windows.map(() => ({ from: "", until: "" })),
  );
  if (parsed.kind === "refused") throw new Error(parsed.reason);
  return parsed.windows.map((versions) => ({
    candidate: versions.get("candidate") ?? NO_METRICS,
    stable: versions.get("stable") ?? NO_METRICS,
    ownDurationsMs: [],
  }));
}

/** A version without requests has no row. */
function row(scriptVersion: string, counted: Counted, sampleInterval: number): readonly unknown[] {
  if (counted.requests === 0) return [];
  const quantiles = quantilesUs(counted, Object.values(LEVELS));
  return [
    {
      dimensions: { scriptVersion },
      sum: { requests: counted.requests * sampleInterval, errors: counted.errors * sampleInterval },
      avg: { sampleInterval },
      quantiles: Object.fromEntries(NAMES.map((name, index) => [name, quantiles[index] ?? null])),
    },
  ];
}

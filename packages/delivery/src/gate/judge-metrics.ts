import type { Measurement } from "../ledger/entry.ts";
import { testErrorRate } from "./error-rate.ts";
import { NO_LOOKS, testLatency, type LatencyLooks } from "./latency.ts";
import { lookedByUsers, type MetricLimits, type Stratum, type VersionMetrics } from "./metrics.ts";

/** Chance that a candidate no worse than tolerated is stopped by a metric in a whole rollout, all looks and steps together. */
const ALPHA = { errorRate: 0.005, latency: 0.005 };
/** Chance that a candidate as bad as the limit passes for one that isn't, per step. */
const BETA = 0.005;

export interface MetricsRules {
  /** Undefined: this metric isn't judged. */
  readonly errorRate: MetricLimits | undefined;
  readonly latency: MetricLimits | undefined;
  /** As few requests of the candidate's users in a step say nothing of its latency. */
  readonly minSamples: number;
  /** In how many steps of the rollout both versions serve: each has its part of the allowance. */
  readonly sharedSteps: number;
}

/** What must be kept from one look to the next. */
export type MetricsState = LatencyLooks;

export const NOTHING_LOOKED_AT: MetricsState = NO_LOOKS;

export interface MetricsFinding {
  readonly state: MetricsState;
  readonly result: "pass" | "fail" | "inconclusive";
  /** One per metric that is judged; `error` where the sample is too small to tell. */
  readonly measurements: readonly Measurement[];
}

/**
 * Judges a candidate by the metrics of both versions: one look of a sequential test. The same minutes may be read again,
 * with more counts, since the platform's metrics are late.
 * @param strata of the rollout's steps so far, the current one last; shares of the traffic stood still in each
 */
export function judgeMetrics(
  state: MetricsState,
  strata: readonly Stratum[],
  rules: MetricsRules,
): MetricsFinding {
  const current = strata.at(-1);
  if (current === undefined) return { state, result: "inconclusive", measurements: [] };
  const errors = rules.errorRate && judgeErrors(strata, rules.errorRate, current);
  const latency = rules.latency && judgeLatency(state, current, { ...rules, limits: rules.latency });
  const measurements = [errors, latency?.measurement].filter((each) => each !== undefined);
  return { state: latency?.state ?? state, result: combined(measurements), measurements };
}

function combined(measurements: readonly Measurement[]): MetricsFinding["result"] {
  if (measurements.some(({ result }) => result === "fail")) return "fail";
  return measurements.every(({ result }) => result === "pass") ? "pass" : "inconclusive";
}

function judgeErrors(strata: readonly Stratum[], limits: MetricLimits, current: Stratum): Measurement {
  const { logEvidence, missed } = testErrorRate(strata, limits);
  const probe = "error-rate";
  const rates = `${rate(current.candidate)} against ${rate(current.stable)} of stable`;
  if (logEvidence >= -Math.log(ALPHA.errorRate))
    return { probe, result: "fail", detail: `${rates}, more than ${limits.tolerated} times` };
  if (missed < BETA) return { probe, result: "pass", detail: rates };
  return { probe, result: "error", detail: `${rates}: too few to tell` };
}

function judgeLatency(
  looks: LatencyLooks,
  stratum: Stratum,
  { limits, minSamples, sharedSteps }: MetricsRules & { readonly limits: MetricLimits },
): { readonly state: LatencyLooks; readonly measurement: Measurement } {
  const probe = "p95";
  const finding = testLatency(stratum, { limits, looks, alpha: ALPHA.latency / Math.max(1, sharedSteps) });
  const { requests } = lookedByUsers(stratum);
  const times = `${presentMs(p95Of(stratum.candidate))} against ${presentMs(p95Of(stratum.stable))} of stable`;
  const measurement = (result: Measurement["result"], detail: string) => ({
    state: finding.looks,
    measurement: { probe, result, detail },
  });
  if (finding.slower) return measurement("fail", `${times}, more than ${limits.tolerated} times`);
  const candidates = p95Of(stratum.candidate);
  const stables = p95Of(stratum.stable);
  if (candidates !== undefined && stables !== undefined && requests >= minSamples) {
    // Between two looks of the test there may be more to see than it may use yet.
    const within = candidates < Math.max(stables * limits.limit, limits.negligible);
    return within ? measurement("pass", times) : measurement("error", `${times}: not certain yet`);
  }
  return measurement("error", `${times}: ${requests} requests, ${minSamples} are needed`);
}

function rate({ requests, errors }: VersionMetrics): string {
  const percent = requests === 0 ? 0 : (errors / requests) * 100;
  return `${percent.toFixed(2)} % (${errors} of ${requests})`;
}

function p95Of({ wallTimeMs }: VersionMetrics): number | undefined {
  return wallTimeMs.find(({ level }) => level === 0.95)?.ms;
}

function presentMs(ms: number | undefined): string {
  return ms === undefined ? "unknown" : `${Math.round(ms)} ms`;
}

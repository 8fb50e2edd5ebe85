import { looked, lookedByUsers, type MetricLimits, type Quantile, type Stratum } from "./metrics.ts";
import { atLeast } from "./probability.ts";

/** The platform tells quantiles, not counts: these of stable's are what the candidate is measured by. */
const THRESHOLD_LEVELS = [0.95, 0.99];

/** The first look is taken at so many of the candidate's requests, each later one at twice as many. */
const FIRST_LOOK = 100;

/** What was looked at in this step: the number of looks for which the allowance is spent. */
export interface LatencyLooks {
  readonly taken: number;
}

export const NO_LOOKS: LatencyLooks = { taken: 0 };

export interface LatencyFinding {
  readonly looks: LatencyLooks;
  /** Whether the candidate is slower than tolerated. */
  readonly slower: boolean;
}

/**
 * Whether the candidate's slow answers are more than chance would make of the tolerated latency: an exceedance (precedence)
 * test at a doubling number of requests, its error spent over all looks in advance: look j has α/(j(j+1)), which sums up to α.
 *
 * If the candidate is as quick as stable, the number of its requests above the k-th slowest of stable's is negative
 * hypergeometric, whatever the distribution of the times. From quantiles that number is known from below only: if the
 * candidate's P90 lies above stable's P95, a tenth of its requests at least does.
 * @param stratum of one step; the counts may have grown since the last look, of the same minutes too
 * @see Nelson, "Tables for a precedence life test" (1963); Balakrishnan and Ng, "Precedence-Type Tests and Applications" (2006)
 * @see Lan and DeMets, "Discrete sequential boundaries for clinical trials" (1983): spending an error over looks
 */
export function testLatency(
  stratum: Stratum,
  options: { readonly limits: MetricLimits; readonly alpha: number; readonly looks: LatencyLooks },
): LatencyFinding {
  const { limits, alpha, looks } = options;
  const due = looksDue(lookedByUsers(stratum).requests);
  if (due <= looks.taken) return { looks, slower: false };
  const allowance = alpha / (due * (due + 1)) / THRESHOLD_LEVELS.length;
  const slower = THRESHOLD_LEVELS.some((level) => chanceAbove(stratum, level, limits) < allowance);
  return { looks: { taken: due }, slower };
}

function looksDue(requests: number): number {
  return requests < FIRST_LOOK ? 0 : Math.floor(Math.log2(requests / FIRST_LOOK)) + 1;
}

/** Probability of so many of the candidate's requests above a quantile of stable's, were it as quick as tolerated. */
function chanceAbove(stratum: Stratum, level: number, { tolerated, negligible }: MetricLimits): number {
  const stablesQuantile = stratum.stable.wallTimeMs.find((quantile) => quantile.level === level);
  if (stablesQuantile === undefined) return 1;
  const threshold = Math.max(stablesQuantile.ms * tolerated, negligible);
  const stable = looked(stratum.stable).requests;
  const candidate = lookedByUsers(stratum).requests;
  const above = candidatesAbove(stratum, threshold);
  const stablesAbove = Math.floor(stable * (1 - level) + 1e-9) + 1;
  return atLeast(above + stablesAbove - 1, candidate / (candidate + stable), above);
}

/**
 * At least so many of the users' requests took longer. Delivery's own are among those counted; seen from here they took
 * longer than there.
 */
function candidatesAbove({ candidate, ownDurationsMs }: Stratum, thresholdMs: number): number {
  const above = shareAbove(candidate.wallTimeMs, thresholdMs) * looked(candidate).requests;
  const own = ownDurationsMs.filter((durationMs) => durationMs > thresholdMs).length;
  return Math.max(0, Math.floor(above + 1e-9) - Math.ceil(own / candidate.sampleInterval));
}

function shareAbove(quantiles: readonly Quantile[], thresholdMs: number): number {
  const first = quantiles.find(({ ms }) => ms > thresholdMs);
  return first === undefined ? 0 : 1 - first.level;
}

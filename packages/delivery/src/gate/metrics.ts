/** What one version did in a stretch of time, as the platform's metrics tell it. */
export interface VersionMetrics {
  /** Estimates, where the platform looked at a sample only. */
  readonly requests: number;
  readonly errors: number;
  /** How many requests each one that was looked at stands for: 1 where all were. */
  readonly sampleInterval: number;
  /** Quantiles of the time to answer, levels ascending. Empty where nothing is known. */
  readonly wallTimeMs: readonly Quantile[];
}

export interface Quantile {
  /** Share of the requests that took at most `ms`: 0 to 1. */
  readonly level: number;
  readonly ms: number;
}

/** Both versions in a stretch of time in which their shares of the traffic stood still. */
export interface Stratum {
  readonly candidate: VersionMetrics;
  readonly stable: VersionMetrics;
  /** How long each request took that delivery itself sent to the candidate, as it was seen from here. */
  readonly ownDurationsMs: readonly number[];
}

export const NO_METRICS: VersionMetrics = { requests: 0, errors: 0, sampleInterval: 1, wallTimeMs: [] };

/** Limits of one metric. Rates are shares, times milliseconds. */
export interface MetricLimits {
  /** A candidate up to this many times stable's is never to be stopped. */
  readonly tolerated: number;
  /** A candidate from this many times stable's on is not to pass. */
  readonly limit: number;
  /** Up to this it's fine, whatever stable's is. */
  readonly negligible: number;
}

/** Only what was looked at is evidence: an estimate of 1,000 requests from a sample of 1 in 10 counts as 100. */
export function looked(metrics: VersionMetrics): { readonly requests: number; readonly errors: number } {
  const { requests, errors, sampleInterval } = metrics;
  const requestsLooked = Math.floor(requests / sampleInterval);
  return { requests: requestsLooked, errors: Math.min(requestsLooked, Math.round(errors / sampleInterval)) };
}

/** As `looked`, for the candidate: of its requests only those of users. Delivery's own are taken for successes. */
export function lookedByUsers({ candidate, ownDurationsMs }: Stratum): {
  readonly requests: number;
  readonly errors: number;
} {
  const { requests, errors } = looked(candidate);
  const own = Math.ceil(ownDurationsMs.length / candidate.sampleInterval);
  const users = Math.max(0, requests - own);
  return { requests: users, errors: Math.min(users, errors) };
}

import type { MetricLimits, Stratum } from "./metrics.ts";
import { looked, lookedByUsers } from "./metrics.ts";
import { atMost, logMean } from "./probability.ts";

/**
 * Ratios of the candidate's odds to those of the hypothesis that the test bets on, a seventh of the stake on each: from a
 * little worse to broken altogether.
 */
const BETS = [1.5, 2, 3, 5, 10, 30, 100];

interface Counts {
  readonly candidate: { readonly requests: number; readonly errors: number };
  readonly stable: { readonly requests: number; readonly errors: number };
}

/** What the counts say of the candidate's error rate. */
export interface ErrorRateFinding {
  /** ln of the evidence that it is worse than tolerated; it may be looked at after every request. */
  readonly logEvidence: number;
  /** Probability of so few errors if the candidate were as bad as the limit: small once the sample is large enough. */
  readonly missed: number;
}

/**
 * A test by betting that stays valid however often it is looked at (Ville's inequality): under the hypothesis that the
 * candidate's rate is at most `tolerated` times stable's, or negligible, the evidence reaches 1/α with probability α at most.
 *
 * Given that a request failed, it was the candidate's with a probability that the hypothesis bounds by their shares of the
 * requests; the evidence is the likelihood ratio of that, averaged over `BETS`. Each stratum has shares of its own.
 * @see Robbins, "Statistical methods related to the law of the iterated logarithm" (1970): mixtures of likelihood ratios
 * @see Shafer, "Testing by betting" (2021); Ramdas et al., "Game-theoretic statistics and safe anytime-valid inference" (2023)
 * @see Przyborowski and Wilenski, "Homogeneity of results in testing samples from Poisson series" (1940): the conditional test
 */
export function testErrorRate(strata: readonly Stratum[], limits: MetricLimits): ErrorRateFinding {
  const counts = strata.map((stratum) => ({
    candidate: lookedByUsers(stratum),
    stable: looked(stratum.stable),
  }));
  // Both must be refuted: the hypothesis holds if either does.
  const logEvidence = Math.min(
    againstStable(counts, limits.tolerated),
    againstRate(counts, limits.negligible),
  );
  const last = counts.at(-1);
  return { logEvidence, missed: last === undefined ? 1 : missedProbability(last, limits) };
}

function againstStable(counts: readonly Counts[], tolerated: number): number {
  const bets = BETS.map((bet) => {
    const wins = counts.map(({ candidate, stable }) => {
      const share = candidateShare(candidate.requests, stable.requests, tolerated);
      return (
        candidate.errors * Math.log(bet) - (candidate.errors + stable.errors) * Math.log1p((bet - 1) * share)
      );
    });
    return wins.reduce((sum, win) => sum + win, 0);
  });
  return logMean(bets);
}

function againstRate(counts: readonly Counts[], rate: number): number {
  if (rate <= 0) return Infinity;
  const errors = counts.reduce((sum, { candidate }) => sum + candidate.errors, 0);
  const requests = counts.reduce((sum, { candidate }) => sum + candidate.requests, 0);
  const bets = BETS.map((bet) => Math.min(bet * rate, 0.999) / rate).map(
    (bet) => errors * Math.log(bet) + (requests - errors) * Math.log((1 - bet * rate) / (1 - rate)),
  );
  return logMean(bets);
}

/** How likely an error is the candidate's when its rate is `ratio` times stable's. */
function candidateShare(candidate: number, stable: number, ratio: number): number {
  const weight = candidate * ratio;
  return weight === 0 ? 0 : weight / (weight + stable);
}

/** It passes as good either when it is shown to be below the limit against stable, or below that many times what is negligible. */
function missedProbability({ candidate, stable }: Counts, { limit, negligible }: MetricLimits): number {
  const share = candidateShare(candidate.requests, stable.requests, limit);
  const againstStables = atMost(candidate.errors + stable.errors, share, candidate.errors);
  const againstRates = atMost(candidate.requests, Math.min(1, limit * negligible), candidate.errors);
  return candidate.requests === 0 ? 1 : Math.min(againstStables, againstRates);
}

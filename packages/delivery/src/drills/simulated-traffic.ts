import { binomial, normal, type Random } from "../testing/random.ts";

/** How a version behaves: its error rate, and its times as a factor on stable's. */
export interface SimulatedVersion {
  readonly errorRate: number;
  readonly slowness: number;
}

/** Times are lognormal: 95 % of the requests take at most 2.7 times the median. */
const MEDIAN_MS = 80;
const SIGMA = 0.6;

const BINS = 120;
const LOWEST = -3.5;
const WIDTH = 9 / BINS;
/** From here on bins are drawn at once; fewer requests one by one. */
const BINS_AT_ONCE = 150;

/** What the platform has counted of one version, as a histogram of times. */
export interface Counted {
  requests: number;
  errors: number;
  readonly bins: Float64Array;
}

export function nothingCounted(): Counted {
  return { requests: 0, errors: 0, bins: new Float64Array(BINS) };
}

const binProbabilities = new Map<number, readonly number[]>();

/** Adds `requests` requests to the counts. */
export function countRequests(
  random: Random,
  counted: Counted,
  of: SimulatedVersion & { readonly requests: number },
): void {
  const { requests, errorRate, slowness } = of;
  counted.requests += requests;
  counted.errors += binomial(random, requests, errorRate);
  const shift = Math.log(slowness) / SIGMA;
  if (requests < BINS_AT_ONCE) {
    for (let drawn = 0; drawn < requests; drawn += 1) add(counted.bins, binOf(normal(random) + shift), 1);
    return;
  }
  let left = requests;
  for (const [bin, probability] of conditionalProbabilities(shift).entries()) {
    if (left === 0) return;
    const here = binomial(random, left, probability);
    add(counted.bins, bin, here);
    left -= here;
  }
}

function add(bins: Float64Array, bin: number, count: number): void {
  bins[bin] = (bins[bin] ?? 0) + count;
}

function binOf(x: number): number {
  return Math.min(BINS - 1, Math.max(0, Math.floor((x - LOWEST) / WIDTH)));
}

/** For each bin: the probability of being in it, for those that are in none before it. */
function conditionalProbabilities(shift: number): readonly number[] {
  const known = binProbabilities.get(shift);
  if (known) return known;
  const made = Array.from({ length: BINS }, (_, bin) => {
    const from = bin === 0 ? 0 : normalBelow(LOWEST + bin * WIDTH - shift);
    const until = bin === BINS - 1 ? 1 : normalBelow(LOWEST + (bin + 1) * WIDTH - shift);
    return from >= 1 ? 1 : Math.min(1, Math.max(0, (until - from) / (1 - from)));
  });
  binProbabilities.set(shift, made);
  return made;
}

/** Φ(x). @see Abramowitz and Stegun, 26.2.17: the error is below 7.5e-8 */
function normalBelow(x: number): number {
  if (x < 0) return 1 - normalBelow(-x);
  const t = 1 / (1 + 0.231_641_9 * x);
  const polynomial =
    t *
    (0.319_381_53 + t * (-0.356_563_782 + t * (1.781_477_937 + t * (-1.821_255_978 + t * 1.330_274_429))));
  return 1 - (Math.exp((-x * x) / 2) / Math.sqrt(2 * Math.PI)) * polynomial;
}

/** The times below which shares of the requests lie, in microseconds; levels ascend. */
export function quantilesUs({ bins, requests }: Counted, levels: readonly number[]): readonly number[] {
  const found: number[] = [];
  let below = 0;
  for (let bin = 0; bin < BINS && found.length < levels.length; bin += 1) {
    const here = bins[bin] ?? 0;
    for (let level = levels[found.length]; level !== undefined; level = levels[found.length]) {
      const rank = Math.max(1, Math.ceil(level * requests - 1e-9));
      if (here === 0 || below + here < rank) break;
      found.push(timeUs(bin, (rank - below - 0.5) / here));
    }
    below += here;
  }
  return found;
}

function timeUs(bin: number, within: number): number {
  return Math.round(MEDIAN_MS * Math.exp(SIGMA * (LOWEST + (bin + within) * WIDTH)) * 1000);
}

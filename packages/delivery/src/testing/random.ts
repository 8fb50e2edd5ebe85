/** Draws in [0, 1), the same ones for the same seed. */
export type Random = () => number;

/** mulberry32: small, fast, good enough for drawing traffic. */
export function seededRandom(seed: number): Random {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** One draw of the standard normal distribution. */
export function normal(random: Random): number {
  const radius = Math.sqrt(-2 * Math.log(1 - random()));
  return radius * Math.cos(2 * Math.PI * random());
}

/** Up to this mean, inversion is both exact and quick. */
const INVERSION_MEAN = 30;

/** How many of `trials` succeed, each with the same `probability`. Exact: small means by inversion, large ones by halving. */
export function binomial(random: Random, trials: number, probability: number): number {
  if (trials <= 0 || probability <= 0) return 0;
  if (probability >= 1) return trials;
  if (probability > 0.5) return trials - binomial(random, trials, 1 - probability);
  if (trials * probability <= INVERSION_MEAN) return byInversion(random, trials, probability);
  // The median of the trials' uniform draws is Beta distributed; it tells on which side of it the rest is to be drawn.
  const middle = Math.floor(trials / 2) + 1;
  const median = beta(random, middle, trials + 1 - middle);
  if (median <= probability)
    return middle + binomial(random, trials - middle, (probability - median) / (1 - median));
  return binomial(random, middle - 1, probability / median);
}

function byInversion(random: Random, trials: number, probability: number): number {
  const odds = probability / (1 - probability);
  let weight = (1 - probability) ** trials;
  let left = random() - weight;
  let count = 0;
  while (left >= 0 && count < trials) {
    count += 1;
    weight *= (odds * (trials - count + 1)) / count;
    left -= weight;
  }
  return count;
}

function beta(random: Random, a: number, b: number): number {
  const x = gamma(random, a);
  return x / (x + gamma(random, b));
}

/** Marsaglia and Tsang, "A simple method for generating gamma variables" (2000), for shapes of at least 1. */
function gamma(random: Random, shape: number): number {
  const d = shape - 1 / 3;
  const c = 1 / Math.sqrt(9 * d);
  for (;;) {
    const x = normal(random);
    const v = (1 + c * x) ** 3;
    if (v > 0 && Math.log(1 - random()) < 0.5 * x * x + d - d * v + d * Math.log(v)) return d * v;
  }
}

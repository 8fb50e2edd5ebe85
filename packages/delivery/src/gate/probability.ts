/** Lanczos' approximation with g = 7 and n = 9: 15 digits. */
const LANCZOS = [
  0.999_999_999_999_809_93, 676.520_368_121_885_1, -1259.139_216_722_402_8, 771.323_428_777_653_13,
  -176.615_029_162_140_59, 12.507_343_278_686_905, -0.138_571_095_265_720_12, 9.984_369_578_019_572e-6,
  1.505_632_735_149_311_6e-7,
];

/** ln Γ(x) for x ≥ 1. */
function logGamma(x: number): number {
  const z = x - 1;
  const t = z + 7.5;
  const sum = LANCZOS.reduce(
    (total, coefficient, index) => total + (index === 0 ? coefficient : coefficient / (z + index)),
    0,
  );
  return 0.5 * Math.log(2 * Math.PI) + (z + 0.5) * Math.log(t) - t + Math.log(sum);
}

/** ln P(X = k) of a binomial variable, 0 < p < 1. */
function logPoint(n: number, p: number, k: number): number {
  const choose = logGamma(n + 1) - logGamma(k + 1) - logGamma(n - k + 1);
  return choose + k * Math.log(p) + (n - k) * Math.log1p(-p);
}

/** P(X ≤ k) for the number X of successes in `n` trials with probability `p` each. */
export function atMost(n: number, p: number, k: number): number {
  if (k < 0) return 0;
  if (k >= n || p <= 0) return 1;
  if (p >= 1) return 0;
  if (k > n * p) return 1 - atLeast(n, p, k + 1);
  // Downwards from k each term is smaller by at least a constant factor.
  let term = Math.exp(logPoint(n, p, k));
  let sum = 0;
  for (let each = k; each >= 0 && term > sum * 1e-17; each -= 1) {
    sum += term;
    term *= (each * (1 - p)) / ((n - each + 1) * p);
  }
  return Math.min(1, sum);
}

/** P(X ≥ k), as `atMost`. */
export function atLeast(n: number, p: number, k: number): number {
  if (k <= 0) return 1;
  if (k > n || p <= 0) return 0;
  if (p >= 1) return 1;
  if (k <= n * p) return 1 - atMost(n, p, k - 1);
  let term = Math.exp(logPoint(n, p, k));
  let sum = 0;
  for (let each = k; each <= n && term > sum * 1e-17; each += 1) {
    sum += term;
    term *= ((n - each) * p) / ((each + 1) * (1 - p));
  }
  return Math.min(1, sum);
}

/** ln of the mean of what the numbers are logarithms of. */
export function logMean(logarithms: readonly number[]): number {
  const most = Math.max(...logarithms);
  if (most === -Infinity) return -Infinity;
  const total = logarithms.reduce((sum, each) => sum + Math.exp(each - most), 0);
  return most + Math.log(total / logarithms.length);
}

export function median(numbers: readonly number[]): number {
  return percentile(numbers, 50);
}

/** The smallest of the numbers that so many percent of them don't exceed. */
export function percentile(numbers: readonly number[], percentage: number): number {
  const sorted = numbers.toSorted((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil((sorted.length * percentage) / 100) - 1)] ?? 0;
}

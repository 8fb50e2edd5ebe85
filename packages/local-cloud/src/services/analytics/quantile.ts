export interface WeightedValue {
  readonly value: number;
  readonly weight: number;
}

/** The smallest value that at least `level` (0 to 1) of the weight doesn't exceed; null where there is none. */
export function weightedQuantile(values: readonly WeightedValue[], level: number): number | null {
  const sorted = values.toSorted((a, b) => a.value - b.value);
  const total = sorted.reduce((sum, { weight }) => sum + weight, 0);
  let reached = 0;
  for (const { value, weight } of sorted) {
    reached += weight;
    if (reached >= total * level - 1e-9) return value;
  }
  return sorted.at(-1)?.value ?? null;
}

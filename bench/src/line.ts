/** One figure of a benchmark. `ratio` compares it with a peer that was measured in the same run. */
export interface BenchLine {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  readonly peer?: number;
  readonly ratio?: number;
  /** What value, or ratio where there is one, must keep to. */
  readonly limit?: string;
  readonly ok: boolean;
}

/** A figure that must not be larger than `limit`. */
export function atMost(
  name: string,
  value: number,
  { unit, limit }: { readonly unit: string; readonly limit: number },
): BenchLine {
  return { name, value: rounded(value), unit, limit: `≤ ${limit} ${unit}`, ok: value <= limit };
}

/** A figure that must be smaller than `limit`. */
export function below(
  name: string,
  value: number,
  { unit, limit }: { readonly unit: string; readonly limit: number },
): BenchLine {
  return { name, value: rounded(value), unit, limit: `< ${limit} ${unit}`, ok: value < limit };
}

/** A figure that must not be smaller than `limit`. */
export function atLeast(
  name: string,
  value: number,
  { unit, limit }: { readonly unit: string; readonly limit: number },
): BenchLine {
  return { name, value: rounded(value), unit, limit: `≥ ${limit} ${unit}`, ok: value >= limit };
}

interface Compared {
  readonly value: number;
  readonly peer: number;
  readonly unit: string;
}

/** A figure whose ratio to a peer must not be smaller than `limit`. */
export function ratioAtLeast(name: string, compared: Compared, limit: number): BenchLine {
  const ratio = compared.value / compared.peer;
  return { ...comparison(name, compared), limit: `ratio ≥ ${limit}`, ok: ratio >= limit };
}

/** A figure whose ratio to a peer must not be larger than `limit`. */
export function ratioAtMost(name: string, compared: Compared, limit: number): BenchLine {
  const ratio = compared.value / compared.peer;
  return { ...comparison(name, compared), limit: `ratio ≤ ${limit}`, ok: ratio <= limit };
}

function comparison(
  name: string,
  { value, peer, unit }: Compared,
): Pick<BenchLine, "name" | "value" | "unit" | "peer" | "ratio"> {
  return { name, value: rounded(value), unit, peer: rounded(peer), ratio: rounded(value / peer) };
}

/** A figure without a limit. */
export function told(name: string, value: number, unit: string): BenchLine {
  return { name, value: rounded(value), unit, ok: true };
}

function rounded(value: number): number {
  return Number(value.toPrecision(4));
}

export function presentLine({ name, value, unit, peer, ratio, limit, ok }: BenchLine): string {
  const compared = ratio === undefined ? "" : `  peer ${peer} ${unit}  ratio ${ratio}`;
  return `${ok ? "✓" : "✗"} ${name.padEnd(44)} ${String(value).padStart(9)} ${unit}${compared}${limit === undefined ? "" : `  (${limit})`}`;
}

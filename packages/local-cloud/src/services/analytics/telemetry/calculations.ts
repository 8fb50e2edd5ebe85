import * as z from "zod";
import { refusal } from "../../../http/refusal.ts";
import { weightedQuantile } from "../quantile.ts";
import type { FieldValue } from "./fields.ts";

const QUANTILES: Readonly<Record<string, number>> = {
  median: 0.5,
  p001: 0.001,
  p01: 0.01,
  p05: 0.05,
  p10: 0.1,
  p25: 0.25,
  p75: 0.75,
  p90: 0.9,
  p95: 0.95,
  p99: 0.99,
  p999: 0.999,
};
const OPERATORS = ["count", "uniq", "count_distinct", "max", "min", "sum", "avg", "stddev", "variance"];

export const calculationSchema = z.strictObject({
  operator: z.string().transform((text) => text.toLowerCase()),
  key: z.string().optional(),
  keyType: z.enum(["string", "number", "boolean"]).optional(),
  alias: z.string().optional(),
  id: z.string().optional(),
});
export type Calculation = z.infer<typeof calculationSchema>;

/** An event's fields, and when it was. */
export interface Row {
  readonly timestamp: number;
  readonly fields: ReadonlyMap<string, FieldValue>;
}

/** @throws {Refusal} 400 for an operator that there is not, or one that lacks its key. */
export function checkCalculation({ operator, key }: Calculation): void {
  if (!OPERATORS.includes(operator) && QUANTILES[operator] === undefined)
    throw refusal(400, 10_001, `There is no operator ${operator}.`);
  if (operator !== "count" && key === undefined)
    throw refusal(400, 10_001, `The operator ${operator} needs a key.`);
}

export function calculated({ operator, key }: Calculation, rows: readonly Row[]): number {
  const values = rows.flatMap(({ fields }) => (key === undefined ? [] : (fields.get(key) ?? [])));
  if (operator === "count") return key === undefined ? rows.length : values.length;
  if (operator === "uniq" || operator === "count_distinct") return new Set(values).size;
  const numbers = values.map(Number).filter((value) => !Number.isNaN(value));
  const level = QUANTILES[operator];
  if (level !== undefined)
    return (
      weightedQuantile(
        numbers.map((value) => ({ value, weight: 1 })),
        level,
      ) ?? 0
    );
  return numbers.length === 0 ? 0 : statistic(operator, numbers);
}

function statistic(operator: string, numbers: readonly number[]): number {
  const sum = numbers.reduce((total, value) => total + value, 0);
  const mean = sum / numbers.length;
  const variance = numbers.reduce((total, value) => total + (value - mean) ** 2, 0) / numbers.length;
  switch (operator) {
    case "max":
      return numbers.reduce((most, value) => Math.max(most, value));
    case "min":
      return numbers.reduce((least, value) => Math.min(least, value));
    case "sum":
      return sum;
    case "avg":
      return mean;
    case "variance":
      return variance;
    default:
      return Math.sqrt(variance);
  }
}

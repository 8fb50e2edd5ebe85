import type { DatabaseSync, SQLOutputValue } from "node:sqlite";
import { weightedQuantile, type WeightedValue } from "../quantile.ts";

/** What a function of the SQL API gives. */
export type ResultType = "String" | "Float64" | "UInt64" | "DateTime";

/**
 * The functions of the documented subset, lower-case, and what SQLite calls them.
 * @see https://developers.cloudflare.com/analytics/analytics-engine/sql-reference/
 */
export const FUNCTIONS: Readonly<
  Record<string, { readonly sqlite: string; readonly type: ResultType | "same" }>
> = {
  count: { sqlite: "count", type: "UInt64" },
  sum: { sqlite: "sum", type: "Float64" },
  avg: { sqlite: "avg", type: "Float64" },
  min: { sqlite: "min", type: "same" },
  max: { sqlite: "max", type: "same" },
  countif: { sqlite: "ae_count_if", type: "UInt64" },
  sumif: { sqlite: "ae_sum_if", type: "Float64" },
  avgif: { sqlite: "ae_avg_if", type: "Float64" },
  quantileexactweighted: { sqlite: "ae_quantile", type: "Float64" },
  quantileweighted: { sqlite: "ae_quantile", type: "Float64" },
  if: { sqlite: "iif", type: "same" },
  intdiv: { sqlite: "ae_int_div", type: "UInt64" },
  touint32: { sqlite: "ae_integer", type: "UInt64" },
  touint64: { sqlite: "ae_integer", type: "UInt64" },
  round: { sqlite: "round", type: "Float64" },
  floor: { sqlite: "floor", type: "Float64" },
  ceil: { sqlite: "ceil", type: "Float64" },
  length: { sqlite: "length", type: "UInt64" },
  lower: { sqlite: "lower", type: "String" },
  upper: { sqlite: "upper", type: "String" },
  substring: { sqlite: "substr", type: "String" },
  now: { sqlite: "ae_now", type: "DateTime" },
  todatetime: { sqlite: "ae_instant", type: "DateTime" },
  tounixtimestamp: { sqlite: "ae_integer", type: "UInt64" },
  tostartofinterval: { sqlite: "ae_start", type: "DateTime" },
  tostartofminute: { sqlite: "ae_start_minute", type: "DateTime" },
  tostartoffiveminutes: { sqlite: "ae_start_five_minutes", type: "DateTime" },
  tostartoffifteenminutes: { sqlite: "ae_start_fifteen_minutes", type: "DateTime" },
  tostartofhour: { sqlite: "ae_start_hour", type: "DateTime" },
  tostartofday: { sqlite: "ae_start_day", type: "DateTime" },
};

const STEPS = { minute: 60, five_minutes: 300, fifteen_minutes: 900, hour: 3600, day: 86_400 };

const start = (instant: unknown, step: unknown) => Math.floor(Number(instant) / Number(step)) * Number(step);

/** Gives SQLite the functions that it lacks. Instants are seconds since 1970. */
export function registerFunctions(database: DatabaseSync, nowSeconds: () => number): void {
  database.function("ae_now", () => nowSeconds());
  database.function("ae_int_div", (a, b) => Math.trunc(Number(a) / Number(b)));
  database.function("ae_integer", (value) => Math.trunc(Number(value)));
  database.function("ae_instant", (text) =>
    typeof text === "string" ? Date.parse(text.replace(" ", "T").replace(/Z?$/u, "Z")) / 1000 : Number(text),
  );
  database.function("ae_start", start);
  for (const [name, step] of Object.entries(STEPS))
    database.function(`ae_start_${name}`, (instant) => start(instant, step));
  define(database, "ae_count_if", {
    start: () => 0,
    step: (total, holds) => total + Number(Boolean(holds)),
    result: (total) => total,
  });
  define(database, "ae_sum_if", {
    start: () => 0,
    step: (total, value, holds) => total + (holds ? Number(value) : 0),
    result: (total) => total,
  });
  define(database, "ae_avg_if", {
    start: () => ({ sum: 0, count: 0 }),
    step: ({ sum, count }, value, holds) =>
      holds ? { sum: sum + Number(value), count: count + 1 } : { sum, count },
    result: ({ sum, count }) => (count === 0 ? null : sum / count),
  });
  define(database, "ae_quantile", {
    start: (): QuantileState => ({ level: 0.5, values: [] }),
    step: ({ values }, ...[level, value, weight]) => {
      values.push({ value: Number(value), weight: Number(weight) });
      return { level: Number(level), values };
    },
    result: ({ values, level }) => weightedQuantile(values, level),
  });
}

interface Aggregate<State> {
  readonly start: () => State;
  readonly step: (state: State, ...row: readonly unknown[]) => State;
  readonly result: (state: State) => SQLOutputValue;
}

/** A state may be any value, but Node.js's types know only those that SQL stores. */
function define<State>(database: DatabaseSync, name: string, aggregate: Aggregate<State>): void {
  database.aggregate(name, { ...aggregate, varargs: true } as never);
}

interface QuantileState {
  readonly level: number;
  readonly values: WeightedValue[];
}

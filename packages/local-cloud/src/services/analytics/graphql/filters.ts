import type { Dataset } from "./datasets.ts";
import { QueryRefused } from "./errors.ts";
import { OPERATORS, type Operator } from "./schema.ts";

/** A filter as the query gives it: keys such as `scriptName` or `datetime_geq`, and AND, OR with lists of filters. */
export type Filter = Readonly<Record<string, unknown>>;

/** Whether something with these dimensions passes. @see https://developers.cloudflare.com/analytics/graphql-api/features/filtering/ */
export function passes(filter: Filter, dimension: (name: string) => string | number): boolean {
  return Object.entries(filter).every(([key, wanted]) => {
    if (wanted === undefined || wanted === null) return true;
    if (key === "AND") return (wanted as Filter[]).every((inner) => passes(inner, dimension));
    if (key === "OR") return (wanted as Filter[]).some((inner) => passes(inner, dimension));
    const { name, operator } = parsedKey(key);
    return compares(dimension(name), operator, wanted);
  });
}

function parsedKey(key: string): { readonly name: string; readonly operator: Operator | undefined } {
  const [name = "", suffix] = key.split("_");
  return { name, operator: OPERATORS.find((operator) => operator === suffix) };
}

function compares(actual: string | number, operator: Operator | undefined, wanted: unknown): boolean {
  switch (operator) {
    case undefined:
      return order(actual, wanted) === 0;
    case "neq":
      return order(actual, wanted) !== 0;
    case "gt":
      return order(actual, wanted) > 0;
    case "geq":
      return order(actual, wanted) >= 0;
    case "lt":
      return order(actual, wanted) < 0;
    case "leq":
      return order(actual, wanted) <= 0;
    case "in":
      return [wanted].flat().some((one) => order(actual, one) === 0);
    case "notin":
      return [wanted].flat().every((one) => order(actual, one) !== 0);
    case "like":
      return likePattern(String(wanted)).test(String(actual));
    case "notlike":
      return !likePattern(String(wanted)).test(String(actual));
  }
}

/** Times compare as instants, however precisely they are written. */
function order(actual: string | number, wanted: unknown): number {
  if (typeof actual === "number") return actual - Number(wanted);
  const instants = [actual, String(wanted)].map((text) => (TIME.test(text) ? Date.parse(text) : Number.NaN));
  const [a = Number.NaN, b = Number.NaN] = instants;
  if (!Number.isNaN(a) && !Number.isNaN(b)) return a - b;
  return actual < String(wanted) ? -1 : Number(actual > String(wanted));
}

const TIME = /^\d{4}-\d{2}-\d{2}(?:T\d{2}:\d{2}:\d{2}(?:\.\d+)?(?:Z|[+-]\d{2}:\d{2}))?$/u;

function likePattern(pattern: string): RegExp {
  const literal = pattern.replaceAll(/[\\^$.*+?()[\]{}|]/gu, "\\$&");
  return new RegExp(`^${literal.replaceAll("%", ".*").replaceAll("_", ".")}$`, "su");
}

/** @throws {QueryRefused} for a value that isn't of its dimension's type. */
export function checkFilter(dataset: Dataset, filter: Filter): void {
  for (const [key, wanted] of Object.entries(filter)) {
    if (wanted === undefined || wanted === null) continue;
    if (key === "AND" || key === "OR") {
      for (const inner of wanted as Filter[]) checkFilter(dataset, inner);
      continue;
    }
    const { name } = parsedKey(key);
    const scalar = dataset.dimensions[name];
    for (const value of [wanted].flat())
      if (!isOfScalar(value, scalar)) throw wrongValue(dataset, key, value);
  }
}

function isOfScalar(value: unknown, scalar: string | undefined): boolean {
  if (scalar === "Time" || scalar === "Date") return typeof value === "string" && TIME.test(value);
  return scalar === "string" ? typeof value === "string" : Number.isFinite(Number(value));
}

function wrongValue(dataset: Dataset, key: string, value: unknown): QueryRefused {
  return new QueryRefused(
    `error parsing args for "${dataset.field}": filter error: cannot parse ${key}: ${JSON.stringify(value)}`,
  );
}

/** The range of seconds that a filter's top-level bounds on `datetime` leave; unbounded where it has none. */
export function timeRange(filter: Filter): { readonly from: number; readonly to: number } {
  const second = (key: string) => {
    const value = filter[key];
    return typeof value === "string" ? Date.parse(value) / 1000 : undefined;
  };
  const from =
    second("datetime_geq") ?? second("datetime_gt") ?? second("datetimeMinute_geq") ?? second("date_geq");
  const to = second("datetime_leq") ?? second("datetime_lt");
  return { from: Math.floor(from ?? 0), to: Math.ceil(to ?? Number.MAX_SAFE_INTEGER / 1000) };
}

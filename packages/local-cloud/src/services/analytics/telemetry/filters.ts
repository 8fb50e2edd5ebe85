import * as z from "zod";
import { refusal } from "../../../http/refusal.ts";
import type { FieldValue } from "./fields.ts";

const OPERATIONS = {
  includes: ["includes", "INCLUDES"],
  not_includes: ["not_includes", "DOES_NOT_INCLUDE"],
  starts_with: ["starts_with", "STARTS_WITH"],
  ends_with: ["ends_with", "ENDS_WITH"],
  regex: ["regex", "MATCH_REGEX"],
  exists: ["exists", "EXISTS"],
  is_null: ["is_null", "DOES_NOT_EXIST"],
  in: ["in", "IN"],
  not_in: ["not_in", "NOT_IN"],
  eq: ["eq", "="],
  neq: ["neq", "!="],
  gt: ["gt", ">"],
  gte: ["gte", ">="],
  lt: ["lt", "<"],
  lte: ["lte", "<="],
} as const;
type Operation = keyof typeof OPERATIONS;

const combinationSchema = z
  .enum(["and", "or", "AND", "OR"])
  .transform((text) => text.toLowerCase() as "and" | "or");
const valueSchema = z.union([z.string(), z.number(), z.boolean()]);

const leafSchema = z.strictObject({
  kind: z.literal("filter").optional(),
  id: z.string().optional(),
  key: z.string(),
  operation: z.enum(Object.values(OPERATIONS).flat()),
  type: z.enum(["string", "number", "boolean"]),
  value: valueSchema.optional(),
});
type Leaf = z.infer<typeof leafSchema>;

interface Group {
  readonly kind: "group";
  readonly filterCombination: "and" | "or";
  readonly filters: readonly (Leaf | Group)[];
}

const groupSchema: z.ZodType<Group> = z.strictObject({
  kind: z.literal("group"),
  filterCombination: combinationSchema,
  filters: z.array(z.union([leafSchema, z.lazy(() => groupSchema)])),
});

export const filtersSchema = z.array(z.union([leafSchema, groupSchema])).default([]);
export const filterCombinationSchema = combinationSchema.default("and");

export const needleSchema = z.strictObject({
  value: valueSchema,
  isRegex: z.boolean().default(false),
  matchCase: z.boolean().default(false),
});

export interface Search {
  readonly filters: readonly (Leaf | Group)[];
  readonly combination: "and" | "or";
  readonly needle?: z.infer<typeof needleSchema> | undefined;
}

/** Whether an event with these fields is found. @see the `cloudflare` SDK's `TelemetryQueryParams.Parameters` */
export function isFound(
  fields: ReadonlyMap<string, FieldValue>,
  { filters, combination, needle }: Search,
): boolean {
  if (needle !== undefined && ![...fields.values()].some((value) => hasNeedle(String(value), needle)))
    return false;
  return passes(fields, { kind: "group", filterCombination: combination, filters });
}

export function hasNeedle(
  text: string,
  { value, isRegex, matchCase }: z.infer<typeof needleSchema>,
): boolean {
  if (isRegex) return pattern(String(value), matchCase ? "u" : "iu").test(text);
  const [inText, wanted] = matchCase
    ? [text, String(value)]
    : [text.toLowerCase(), String(value).toLowerCase()];
  return inText.includes(wanted);
}

function passes(fields: ReadonlyMap<string, FieldValue>, { filterCombination, filters }: Group): boolean {
  if (filters.length === 0) return true;
  const one = (filter: Leaf | Group) =>
    "filters" in filter ? passes(fields, filter) : leafPasses(fields.get(filter.key), filter);
  return filterCombination === "and" ? filters.every(one) : filters.some(one);
}

function leafPasses(actual: FieldValue | undefined, { operation, value = "", type }: Leaf): boolean {
  const name = (Object.keys(OPERATIONS) as Operation[]).find((key) =>
    (OPERATIONS[key] as readonly string[]).includes(operation),
  );
  if (name === undefined) return false;
  if (actual === undefined) return HOLDS_FOR_NOTHING.has(name);
  return TESTS[name](actual, value, type);
}

/** What holds where an event lacks the key. */
const HOLDS_FOR_NOTHING: ReadonlySet<Operation> = new Set(["is_null", "neq", "not_includes", "not_in"]);

type Test = (actual: FieldValue, value: FieldValue, type: Leaf["type"]) => boolean;

const TESTS: Readonly<Record<Operation, Test>> = {
  exists: () => true,
  is_null: () => false,
  includes: (actual, value) => String(actual).includes(String(value)),
  not_includes: (actual, value) => !String(actual).includes(String(value)),
  starts_with: (actual, value) => String(actual).startsWith(String(value)),
  ends_with: (actual, value) => String(actual).endsWith(String(value)),
  regex: (actual, value) => pattern(String(value), "u").test(String(actual)),
  in: (actual, value) => listed(value).includes(String(actual)),
  not_in: (actual, value) => !listed(value).includes(String(actual)),
  eq: (actual, value, type) => order(actual, value, type) === 0,
  neq: (actual, value, type) => order(actual, value, type) !== 0,
  gt: (actual, value, type) => order(actual, value, type) > 0,
  gte: (actual, value, type) => order(actual, value, type) >= 0,
  lt: (actual, value, type) => order(actual, value, type) < 0,
  lte: (actual, value, type) => order(actual, value, type) <= 0,
};

function listed(value: FieldValue): readonly string[] {
  return String(value)
    .split(",")
    .map((one) => one.trim());
}

function order(actual: FieldValue, value: FieldValue, type: Leaf["type"]): number {
  if (type === "number") return Number(actual) - Number(value);
  const [a, b] = [String(actual), String(value)];
  return a < b ? -1 : Number(a > b);
}

function pattern(source: string, flags: string): RegExp {
  try {
    return new RegExp(source, flags);
  } catch {
    throw refusal(400, 10_001, `Not a regular expression: ${source}`);
  }
}

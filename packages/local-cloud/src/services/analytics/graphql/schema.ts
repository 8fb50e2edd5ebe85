import { DATASETS, type Dataset } from "./datasets.ts";

/** The comparisons of a filter, by the suffix of its key; no suffix compares for equality. @see https://developers.cloudflare.com/analytics/graphql-api/features/filtering/ */
export const OPERATORS = ["neq", "gt", "geq", "lt", "leq", "in", "notin", "like", "notlike"] as const;
export type Operator = (typeof OPERATORS)[number];

/** The schema in GraphQL's own language, with Cloudflare's names of types. */
export function schemaText(): string {
  return `
scalar string
scalar uint64
scalar float64
scalar Time
scalar Date
type Query { viewer: viewer }
type viewer { accounts(filter: AccountFilter_InputObject, limit: uint64): [account!]! }
input AccountFilter_InputObject { accountTag: string, accountTag_in: [string!] }
type account {
${DATASETS.map(accountField).join("\n")}
}
${DATASETS.map(datasetTypes).join("\n")}
`;
}

function accountField(dataset: Dataset): string {
  const type = typeName(dataset);
  return `  ${dataset.field}(limit: uint64, filter: ${type}Filter_InputObject, orderBy: [${type}OrderBy!]): [${type}!]!`;
}

/** As `AccountWorkersInvocationsAdaptive`. */
function typeName({ field }: Dataset): string {
  return `Account${field.charAt(0).toUpperCase()}${field.slice(1)}`;
}

function datasetTypes(dataset: Dataset): string {
  const type = typeName(dataset);
  const { dimensions, sums, maxima, quantiles, hasCount, hasSampleInterval } = dataset;
  const parts = {
    Dimensions: { field: "dimensions", fields: dimensions },
    Sum: { field: "sum", fields: sums },
    Avg: { field: "avg", fields: hasSampleInterval ? { sampleInterval: "float64" } : {} },
    Max: { field: "max", fields: maxima },
    Quantiles: { field: "quantiles", fields: mapped(quantiles, () => "float64") },
  };
  const present = Object.entries(parts).filter(([, { fields }]) => Object.keys(fields).length > 0);
  const members = [
    ...(hasCount ? ["count: uint64"] : []),
    ...present.map(([name, { field }]) => `${field}: ${type}${name}`),
  ];
  return [
    `type ${type} { ${members.join(", ")} }`,
    ...present.map(([name, { fields }]) => `type ${type}${name} { ${definitions(fields)} }`),
    `input ${type}Filter_InputObject { ${filterFields(dataset)} AND: [${type}Filter_InputObject!] OR: [${type}Filter_InputObject!] }`,
    `enum ${type}OrderBy { ${orderings(dataset).join(" ")} }`,
  ].join("\n");
}

function definitions(fields: Readonly<Record<string, string>>): string {
  return Object.entries(fields)
    .map(([name, scalar]) => `${name}: ${scalar}`)
    .join(", ");
}

function filterFields({ dimensions }: Dataset): string {
  const fields = Object.entries(dimensions).flatMap(([name, scalar]) => [
    `${name}: ${scalar}`,
    ...OPERATORS.map((operator) => `${name}_${operator}: ${isList(operator) ? `[${scalar}!]` : scalar}`),
  ]);
  return fields.join(" ");
}

function isList(operator: Operator): boolean {
  return operator === "in" || operator === "notin";
}

function orderings({ dimensions, sums, maxima, quantiles, hasCount }: Dataset): readonly string[] {
  const keys = [
    ...Object.keys(dimensions),
    ...(hasCount ? ["count"] : []),
    ...Object.keys(sums).map((name) => `sum_${name}`),
    ...Object.keys(maxima).map((name) => `max_${name}`),
    ...Object.keys(quantiles).map((name) => `quantiles_${name}`),
  ];
  return keys.flatMap((key) => [`${key}_ASC`, `${key}_DESC`]);
}

function mapped<T>(record: Readonly<Record<string, T>>, change: () => string): Record<string, string> {
  return Object.fromEntries(Object.keys(record).map((key) => [key, change()]));
}

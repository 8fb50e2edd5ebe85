import type { Measurement } from "../measurements.ts";
import { weightedQuantile } from "../quantile.ts";
import { timeDimension, type Dataset } from "./datasets.ts";
import { passes, type Filter } from "./filters.ts";

/** One row of an answer. */
export interface Group {
  readonly count: number;
  readonly dimensions: Readonly<Record<string, string | number>>;
  readonly sum: Readonly<Record<string, number>>;
  readonly avg: { readonly sampleInterval: number };
  readonly max: Readonly<Record<string, number>>;
  readonly quantiles: Readonly<Record<string, number | null>>;
}

export interface GroupQuery {
  /** The dimensions to group by: those that the query selects. */
  readonly by: readonly string[];
  readonly filter: Filter;
  readonly orderBy: readonly string[];
  readonly limit: number;
  /** How many events each one that was counted stands for. */
  readonly sampleInterval: number;
}

/** A dimension of a measurement by name, the times included. */
function dimensionOf({ second, dimensions }: Measurement, name: string): string | number {
  return timeDimension(name, second) ?? dimensions[name] ?? "";
}

/** Measurements that pass the filter, summed up by the dimensions that were asked for. */
export function groups(
  dataset: Dataset,
  measurements: readonly Measurement[],
  query: GroupQuery,
): readonly Group[] {
  const members = new Map<string, Measurement[]>();
  for (const measurement of measurements) {
    if (!passes(query.filter, (name) => dimensionOf(measurement, name))) continue;
    const key = query.by.map((name) => dimensionOf(measurement, name)).join("\n");
    const group = members.get(key);
    if (group) group.push(measurement);
    else members.set(key, [measurement]);
  }
  const made = [...members.values()].map((group) => toGroup(dataset, group, query));
  return ordered(made, query.orderBy).slice(0, query.limit);
}

function toGroup(
  dataset: Dataset,
  group: readonly Measurement[],
  { by, sampleInterval }: Pick<GroupQuery, "by" | "sampleInterval">,
): Group {
  const [first] = group;
  const total = (name: string) => Math.round(group.reduce((sum, { sums }) => sum + (sums[name] ?? 0), 0));
  return {
    count: Math.round(group.reduce((sum, { count }) => sum + count, 0)),
    dimensions: Object.fromEntries(by.map((name) => [name, first ? dimensionOf(first, name) : ""])),
    sum: Object.fromEntries(Object.keys(dataset.sums).map((name) => [name, total(name)])),
    avg: { sampleInterval },
    max: Object.fromEntries(
      Object.keys(dataset.maxima).map((name) => [
        name,
        Math.max(...group.map(({ sums }) => sums[name] ?? 0)),
      ]),
    ),
    quantiles: quantiles(dataset, group),
  };
}

function quantiles(dataset: Dataset, group: readonly Measurement[]): Group["quantiles"] {
  const values = new Map<string, { value: number; weight: number }[]>();
  const valuesOf = (sample: string) => {
    const known = values.get(sample);
    if (known) return known;
    const collected = group.flatMap(({ count, samples }) => {
      const drawn = samples[sample] ?? [];
      return drawn.map((value) => ({ value, weight: count / drawn.length }));
    });
    values.set(sample, collected);
    return collected;
  };
  return Object.fromEntries(
    Object.entries(dataset.quantiles).map(([name, { sample, level }]) => [
      name,
      weightedQuantile(valuesOf(sample), level),
    ]),
  );
}

function ordered(made: readonly Group[], orderBy: readonly string[]): readonly Group[] {
  const orders = orderBy.map((order) => {
    const end = order.lastIndexOf("_");
    return { key: order.slice(0, end), sign: order.endsWith("_DESC") ? -1 : 1 };
  });
  return made.toSorted((a, b) => {
    for (const { key, sign } of orders) {
      const difference = compare(valueOf(a, key), valueOf(b, key)) * sign;
      if (difference !== 0) return difference;
    }
    return 0;
  });
}

function valueOf(group: Group, key: string): string | number {
  const [part = "", name = ""] = key.split("_");
  if (part === "sum" || part === "max" || part === "quantiles") return group[part][name] ?? 0;
  return key === "count" ? group.count : (group.dimensions[key] ?? "");
}

function compare(a: string | number, b: string | number): number {
  if (typeof a === "number" && typeof b === "number") return a - b;
  return String(a) < String(b) ? -1 : Number(String(a) > String(b));
}

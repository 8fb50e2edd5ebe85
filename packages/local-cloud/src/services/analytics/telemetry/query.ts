import { randomUUID } from "node:crypto";
import * as z from "zod";
import { refusal } from "../../../http/refusal.ts";
import { unsupported } from "../../workers/errors.ts";
import {
  calculated,
  calculationSchema,
  checkCalculation,
  type Calculation,
  type Row,
} from "./calculations.ts";
import type { TelemetryEvent } from "./events.ts";
import { fieldsOf, typeOf, type FieldValue } from "./fields.ts";
import { filterCombinationSchema, filtersSchema, isFound, needleSchema } from "./filters.ts";

const timeframeSchema = z
  .object({ from: z.number().int(), to: z.number().int() })
  .refine(({ from, to }) => from < to, "'from' must be earlier than 'to'");

const parametersSchema = z.strictObject({
  datasets: z.array(z.string()).default([]),
  filters: filtersSchema,
  filterCombination: filterCombinationSchema,
  calculations: z.array(calculationSchema).default([]),
  groupBys: z
    .array(z.object({ type: z.enum(["string", "number", "boolean"]), value: z.string() }))
    .default([]),
  havings: z
    .array(
      z.object({
        key: z.string(),
        operation: z.enum(["eq", "neq", "gt", "gte", "lt", "lte"]),
        value: z.number(),
      }),
    )
    .default([]),
  limit: z.number().int().min(1).max(2000).optional(),
  needle: needleSchema.optional(),
  orderBy: z.object({ value: z.string(), order: z.enum(["asc", "desc"]).default("desc") }).optional(),
});

/** @see the `cloudflare` SDK's `TelemetryQueryParams` */
export const querySchema = z.strictObject({
  queryId: z.string(),
  timeframe: timeframeSchema,
  view: z
    .enum(["events", "calculations", "invocations", "traces", "requests", "agents"])
    .default("calculations"),
  parameters: parametersSchema.optional(),
  limit: z.number().int().min(1).max(2000).optional(),
  offset: z.string().optional(),
  offsetBy: z.number().int().min(0).optional(),
  offsetDirection: z.enum(["next", "prev"]).default("next"),
  granularity: z.number().int().min(1).max(1000).optional(),
  chart: z.boolean().optional(),
  chartType: z.enum(["timeseries_and_aggregate", "timeseries", "aggregate", "distribution"]).optional(),
  compare: z.boolean().optional(),
  distributionScale: z.enum(["log", "linear"]).optional(),
  dry: z.boolean().default(false),
  ignoreSeries: z.boolean().default(false),
});
export type TelemetryQuery = z.infer<typeof querySchema>;
type Parameters = z.infer<typeof parametersSchema>;

const DEFAULT_LIMIT = 50;
const DEFAULT_BUCKETS = 50;

/** Answers a query over the events of its timeframe, newest first. */
export function answerQuery(
  query: TelemetryQuery,
  events: readonly TelemetryEvent[],
  accountId: string,
): Readonly<Record<string, unknown>> {
  const startedAt = performance.now();
  const parameters = supportedParameters(query);
  const found = events
    .map((event) => ({ event, timestamp: event.timestamp, fields: fieldsOf(event) }))
    .filter(({ fields }) => isFound(fields, { ...parameters, combination: parameters.filterCombination }));
  const result = viewOf(query, parameters, found);
  const elapsed = (performance.now() - startedAt) / 1000;
  const statistics = { elapsed, rows_read: events.length, bytes_read: JSON.stringify(events).length };
  return { run: runOf(query, { parameters, accountId, statistics }), statistics, ...result };
}

/** What a query can't have here is refused by name. */
function supportedParameters({ parameters, view, chartType, compare }: TelemetryQuery): Parameters {
  if (parameters === undefined)
    throw unsupported("saved telemetry queries: give the parameters with the query");
  if (view === "traces" || view === "agents" || view === "requests")
    throw unsupported(`the telemetry view ${view}`);
  if (chartType === "distribution") throw unsupported("chartType distribution");
  if (compare === true) throw unsupported("comparison with the previous period");
  for (const calculation of parameters.calculations) checkCalculation(calculation);
  return parameters;
}

type Found = Row & { readonly event: TelemetryEvent };

function viewOf(query: TelemetryQuery, parameters: Parameters, found: readonly Found[]): object {
  const limit = query.limit ?? parameters.limit ?? DEFAULT_LIMIT;
  if (query.view === "events") return { events: eventsView(query, found, limit) };
  if (query.view === "invocations") return { invocations: invocationsView(found, limit) };
  const context = { query, parameters, found, limit };
  return { calculations: parameters.calculations.map((one) => calculationView(one, context)) };
}

function eventsView(query: TelemetryQuery, found: readonly Found[], limit: number): object {
  const at =
    query.offset === undefined ? -1 : found.findIndex(({ event }) => event.$metadata["id"] === query.offset);
  if (query.offset !== undefined && at === -1)
    throw refusal(400, 10_001, `No event has the id ${query.offset}.`);
  const page =
    query.offsetDirection === "prev" && at >= 0
      ? found.slice(Math.max(0, at - limit), at)
      : found.slice(at + 1, at + 1 + limit);
  const types = new Map(
    page.flatMap(({ fields }) => [...fields].map(([key, value]) => [key, typeOf(value)] as const)),
  );
  return {
    count: found.length,
    events: page.map(({ event }) => event),
    fields: [...types].map(([key, type]) => ({ key, type })),
  };
}

function invocationsView(found: readonly Found[], limit: number): object {
  const groups = Map.groupBy(found, ({ event }) => String(event.$metadata["requestId"]));
  return Object.fromEntries(
    [...groups].slice(0, limit).map(([id, members]) => [id, members.map(({ event }) => event).toReversed()]),
  );
}

interface CalculationContext {
  readonly query: TelemetryQuery;
  readonly parameters: Parameters;
  readonly found: readonly Found[];
  readonly limit: number;
}

function calculationView(calculation: Calculation, context: CalculationContext): object {
  const { query, parameters, limit } = context;
  const { timeframe, offsetBy = 0 } = query;
  const kept = groupsOf(context).slice(offsetBy, offsetBy + limit);
  const span = timeframe.to - timeframe.from;
  const aggregate = (rows: readonly Row[], groups: Groups, interval: number) => ({
    count: rows.length,
    interval,
    sampleInterval: 1,
    value: calculated(calculation, rows),
    ...(parameters.groupBys.length > 0 && { groups }),
  });
  const hasSeries = !query.ignoreSeries && query.chartType !== "aggregate";
  return {
    calculation: calculation.operator,
    ...(calculation.alias !== undefined && { alias: calculation.alias }),
    aggregates:
      query.chartType === "timeseries" ? [] : kept.map(({ rows, groups }) => aggregate(rows, groups, span)),
    series: hasSeries ? seriesOf(query, kept, aggregate) : [],
  };
}

type Groups = readonly { readonly key: string; readonly value: FieldValue }[];

interface GroupOfRows {
  readonly groups: Groups;
  readonly rows: readonly Row[];
}

/** In the order that the query asks for, by default the greatest of the first calculation first. */
function groupsOf({ parameters, found }: CalculationContext): readonly GroupOfRows[] {
  const { groupBys, calculations, orderBy, havings } = parameters;
  if (groupBys.length === 0) return [{ groups: [], rows: found }];
  const named = (name: string) => {
    const calculation = calculations.find(
      ({ alias, operator }) => alias === name || operator === name.toLowerCase(),
    );
    if (calculation === undefined) throw refusal(400, 10_001, `No calculation is called ${name}.`);
    return calculation;
  };
  const keyed = found.map((row) => {
    const groups = groupBys.map(({ value }) => ({ key: value, value: row.fields.get(value) ?? "" }));
    return { row, groups, key: JSON.stringify(groups) };
  });
  const made = [...Map.groupBy(keyed, ({ key }) => key).values()].map((members) => ({
    groups: members[0]?.groups ?? [],
    rows: members.map(({ row }) => row),
  }));
  const passing = made.filter(({ rows }) =>
    havings.every(({ key, operation, value }) => holds(calculated(named(key), rows), operation, value)),
  );
  const by = orderBy === undefined ? calculations[0] : named(orderBy.value);
  const sign = orderBy?.order === "asc" ? 1 : -1;
  if (by === undefined) return passing;
  return passing.toSorted((a, b) => sign * (calculated(by, a.rows) - calculated(by, b.rows)));
}

function holds(
  actual: number,
  operation: Parameters["havings"][number]["operation"],
  value: number,
): boolean {
  const difference = actual - value;
  const outcomes = {
    eq: difference === 0,
    neq: difference !== 0,
    gt: difference > 0,
    gte: difference >= 0,
    lt: difference < 0,
    lte: difference <= 0,
  };
  return outcomes[operation];
}

function seriesOf(
  { timeframe, granularity = DEFAULT_BUCKETS }: TelemetryQuery,
  kept: readonly GroupOfRows[],
  aggregate: (rows: readonly Row[], groups: Groups, interval: number) => object,
): readonly object[] {
  const step = Math.max(1, Math.ceil((timeframe.to - timeframe.from) / granularity));
  const bucketOf = ({ timestamp }: Row) =>
    timeframe.from + Math.floor((timestamp - timeframe.from) / step) * step;
  const data = new Map<number, object[]>();
  for (const { rows, groups } of kept) {
    for (const [start, members] of Map.groupBy(rows, bucketOf))
      data.set(start, [...(data.get(start) ?? []), aggregate(members, groups, step)]);
  }
  return [...data]
    .toSorted(([a], [b]) => a - b)
    .map(([start, points]) => ({ time: new Date(start).toISOString(), data: points }));
}

function runOf(
  { queryId, dry, granularity = DEFAULT_BUCKETS, timeframe }: TelemetryQuery,
  of: { readonly parameters: Parameters; readonly accountId: string; readonly statistics: object },
): object {
  const now = new Date().toISOString();
  const by = { created: now, createdBy: "local-cloud", updated: now, updatedBy: "local-cloud" };
  const query = {
    id: queryId,
    adhoc: true,
    name: queryId,
    description: null,
    parameters: of.parameters,
    ...by,
  };
  const times = { created: now, updated: now };
  const run = {
    id: randomUUID(),
    accountId: of.accountId,
    userId: "local-cloud",
    dry,
    granularity,
    timeframe,
  };
  return { ...run, ...times, query, status: "COMPLETED", statistics: of.statistics };
}

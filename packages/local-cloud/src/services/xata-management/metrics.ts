import type { Branch } from "../xata/branch.ts";
import { invalidParameter, ManagementRefusal } from "./errors.ts";
import { instanceOf } from "./present.ts";
import type { METRICS, MetricsRequest } from "./requests.ts";

type Metric = (typeof METRICS)[number];

/** What PostgreSQL itself knows of this moment. The other metrics of the real service come from its machines. */
const MEASURED: Partial<Record<Metric, { readonly unit: string; readonly sql: string }>> = {
  disk: { unit: "bytes", sql: "SELECT sum(pg_database_size(oid))::float8 AS value FROM pg_database" },
  connections_active: {
    unit: "count",
    sql: "SELECT count(*)::float8 AS value FROM pg_stat_activity WHERE backend_type = 'client backend' AND state <> 'idle' AND pid <> pg_backend_pid()",
  },
  connections_idle: {
    unit: "count",
    sql: "SELECT count(*)::float8 AS value FROM pg_stat_activity WHERE backend_type = 'client backend' AND state = 'idle'",
  },
};

const MAX_RANGE_MS = 6 * 30 * 24 * 60 * 60 * 1000;

/**
 * One value per series, that of now; none when now is outside of the range or the branch sleeps, which it goes on doing.
 * @throws {ManagementRefusal} 400 for a range or an instance as the real one does, 501 for a metric that isn't measured
 */
export async function branchMetrics(branchId: string, branch: Branch, request: MetricsRequest) {
  const { start, end, metrics, aggregations } = request;
  checkRange(branchId, request);
  const nowMs = Date.now();
  const isWithin = Date.parse(start) <= nowMs && nowMs <= Date.parse(end);
  const results = [];
  for (const metric of metrics) {
    const measured = MEASURED[metric];
    if (measured === undefined)
      throw new ManagementRefusal(501, `The local cloud doesn't measure ${metric}.`);
    const value = isWithin && branch.isAwake ? await measure(branch, measured.sql) : undefined;
    const values = value === undefined ? [] : [{ timestamp: new Date(nowMs).toISOString(), value }];
    const instanceID = instanceOf(branchId);
    const series = aggregations.map((aggregation) => ({ instanceID, aggregation, values }));
    results.push({ metric, unit: measured.unit, series });
  }
  return { start, end, results };
}

async function measure(branch: Branch, sql: string): Promise<number | undefined> {
  return branch.cluster.asSuperuser(async (client) => {
    const { rows } = await client.query<{ value: number }>(sql);
    return rows[0]?.value;
  });
}

/** @see https://github.com/xataio/xata services/projects/api: validateMetricsRequest */
function checkRange(branchId: string, { start, end, instances = [] }: MetricsRequest): void {
  const rangeMs = Date.parse(end) - Date.parse(start);
  const at = { branch: branchId };
  if (rangeMs < 0) throw invalidParameter(at, "start", "start time must come before end time");
  if (rangeMs > MAX_RANGE_MS) throw invalidParameter(at, "end", "maximum date range is 4320h0m0s");
  const stranger = instances.find((instance) => !instance.startsWith(branchId));
  if (stranger !== undefined) throw invalidParameter(at, "instances", `invalid instance [${stranger}]`);
}

import type { Route } from "../../http/routes.ts";
import type { BucketsBackend } from "../r2/backend.ts";
import type { AnalyticsBackend } from "./backend.ts";
import { bucketUsage } from "./bucket-usage.ts";
import { sqlRoutes } from "./engine/routes.ts";
import { R2_STORAGE } from "./graphql/datasets.ts";
import { graphqlRoutes } from "./routes.ts";
import { telemetryRoutes } from "./telemetry/routes.ts";

/** All that is asked of what was measured: Analytics Engine's SQL, telemetry, GraphQL. */
export function analyticsRoutes({
  analytics,
  buckets,
  accountId,
}: {
  readonly analytics: AnalyticsBackend;
  readonly buckets: BucketsBackend;
  readonly accountId: string;
}): readonly Route[] {
  return [
    ...sqlRoutes((sql) => analytics.sql(sql)),
    ...telemetryRoutes({ accountId, events: (range) => analytics.events(range), now: Date.now }),
    ...graphqlRoutes({
      accountId,
      now: Date.now,
      sampleInterval: analytics.sampleInterval,
      measurements: async (dataset, range, filter) =>
        dataset === R2_STORAGE
          ? bucketUsage(buckets, { filter, second: secondWithin(range) })
          : analytics.measurements(dataset, range),
    }),
  ];
}

/** Now, or the last whole second of the range when that is past: a slow answer still lies in it. */
function secondWithin({ to }: { readonly to: number }): number {
  return Math.floor(Math.min(Date.now() / 1000, to - 1));
}

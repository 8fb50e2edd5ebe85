import { Prisma } from "../../generated/prisma/client.ts";
import type { Scope } from "../scope.ts";
import type { ConsumptionInput } from "./shape.ts";

interface Consumption extends Omit<ConsumptionInput, "by"> {
  readonly by: "day" | "week" | "month";
}

const STEPS = { day: "interval '1 day'", week: "interval '1 week'", month: "interval '1 month'" };

export interface ConsumptionBucket {
  readonly from: string;
  readonly printedGrams: number;
  readonly failedGrams: number;
  readonly costCents: number;
}

/** What prints took in each week or month, oldest first, also in those without any. Corrections by weighing are none. */
export async function consumption(
  scope: Scope,
  input: ConsumptionInput,
): Promise<readonly ConsumptionBucket[]> {
  return scope.database.$queryRaw<ConsumptionBucket[]>`${consumptionQuery(scope, input)}`;
}

/** A SELECT of one row for each day, week or month. */
export function consumptionQuery({ user }: Scope, { by, count, filamentId }: Consumption): Prisma.Sql {
  const step = Prisma.raw(STEPS[by]);
  const ofFilament = filamentId
    ? Prisma.sql`AND "spoolId" IN (SELECT id FROM spools WHERE "ownerId" = ${user.id} AND "filamentId" = ${filamentId})`
    : Prisma.empty;
  return Prisma.sql`
    SELECT to_char(bucket, 'YYYY-MM-DD') AS "from",
      COALESCE(sum(u.grams) FILTER (WHERE u.reason = 'printed'), 0)::float8 AS "printedGrams",
      COALESCE(sum(u.grams) FILTER (WHERE u.reason = 'failed_print'), 0)::float8 AS "failedGrams",
      COALESCE(sum(u."costCents"), 0)::float8 AS "costCents"
    FROM (
      SELECT date_trunc(${by}, now() AT TIME ZONE 'UTC') - back * ${step} AS bucket
      FROM generate_series(0, ${count - 1}::int) back
    ) buckets
    LEFT JOIN uses u ON u."ownerId" = ${user.id} AND u.reason <> 'weighed' ${ofFilament}
      AND u.at >= bucket AT TIME ZONE 'UTC' AND u.at < (bucket + ${step}) AT TIME ZONE 'UTC'
    GROUP BY bucket ORDER BY bucket`;
}

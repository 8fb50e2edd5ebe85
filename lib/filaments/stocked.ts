import { Prisma } from "../../generated/prisma/client.ts";
import type { Scope } from "../scope.ts";

/** A row of `stockedFilaments`. */
export interface StockedFilament {
  readonly id: string;
  readonly brand: string;
  readonly material: string;
  readonly colorName: string;
  readonly colorHex: string;
  readonly colorFamily: string;
  readonly lowStockGrams: number;
  readonly purchaseUrl: string | null;
  readonly notes: string;
  readonly createdAt: Date;
  readonly archivedAt: Date | null;
  readonly spools: number;
  readonly stockGrams: number;
  readonly netGrams: number;
  readonly reservedGrams: number;
  readonly worthCents: number;
  /** The newest spool's; null when there never was one. */
  readonly lastNetGrams: number | null;
  readonly lastCostCents: number | null;
}

/** A shop's filaments with what there is of each and what the queue needs of it: a SELECT to be put in parentheses. */
export function stockedFilaments({ user }: Scope): Prisma.Sql {
  return Prisma.sql`
    SELECT f.id, f.brand, f.material, f."colorName", f."colorHex", f."colorFamily", f."lowStockGrams",
      f."purchaseUrl", f.notes, f."searchText", f."createdAt", f."archivedAt",
      COALESCE(s.spools, 0)::int AS spools,
      COALESCE(s.stock, 0)::float8 AS "stockGrams",
      COALESCE(s.net, 0)::int AS "netGrams",
      COALESCE(n.reserved, 0)::float8 AS "reservedGrams",
      COALESCE(s.worth, 0)::float8 AS "worthCents",
      l."netGrams" AS "lastNetGrams", l."costCents" AS "lastCostCents"
    FROM filaments f
    LEFT JOIN (
      SELECT "filamentId", count(*) AS spools, sum("remainingGrams") AS stock, sum("netGrams") AS net,
        sum(round("costCents" * "remainingGrams" / "netGrams")) AS worth
      FROM spools WHERE "ownerId" = ${user.id} AND "archivedAt" IS NULL GROUP BY "filamentId"
    ) s ON s."filamentId" = f.id
    LEFT JOIN (
      SELECT "filamentId", sum("neededGrams") AS reserved FROM job_filaments
      WHERE "jobId" IN (SELECT id FROM jobs WHERE "ownerId" = ${user.id} AND state IN ('queued', 'printing'))
      GROUP BY "filamentId"
    ) n ON n."filamentId" = f.id
    LEFT JOIN (
      SELECT DISTINCT ON ("filamentId") "filamentId", "netGrams", "costCents"
      FROM spools WHERE "ownerId" = ${user.id} ORDER BY "filamentId", "createdAt" DESC
    ) l ON l."filamentId" = f.id
    WHERE f."ownerId" = ${user.id}`;
}

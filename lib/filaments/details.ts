import { notFound, type Scope } from "../scope.ts";
import { worthCents } from "../stock/cost.ts";
import { inOrderOfUse } from "../stock/take.ts";
import { type ConsumptionBucket, consumptionQuery } from "./consumption.ts";
import type { FilamentDetails } from "./shape.ts";
import { type StockedFilament, stockedFilaments } from "./stocked.ts";

const WEEKS_SHOWN = 12;

interface SpoolRow {
  readonly id: string;
  readonly filamentId: string;
  readonly label: string;
  readonly netGrams: number;
  readonly tareGrams: number;
  readonly remainingGrams: number;
  readonly costCents: number;
  /** In JSON an instant is text. */
  readonly archivedAt: string | null;
  readonly createdAt: string;
}

interface DetailsRow extends StockedFilament {
  readonly spoolRows: readonly SpoolRow[];
  readonly jobs: FilamentDetails["jobs"];
  readonly weeks: readonly ConsumptionBucket[];
}

/**
 * A filament, its spools, the jobs that want it, and what went of it week by week.
 * @throws {AppError} not_found
 */
export async function filamentDetails(scope: Scope, id: string): Promise<FilamentDetails> {
  const { database, user } = scope;
  const weeks = consumptionQuery(scope, { filamentId: id, by: "week", count: WEEKS_SHOWN });
  const [row] = await database.$queryRaw<DetailsRow[]>`
    SELECT f.*,
      (SELECT COALESCE(json_agg(s), '[]') FROM (
        SELECT id, "filamentId", label, "netGrams", "tareGrams", "remainingGrams", "costCents", "archivedAt", "createdAt"
        FROM spools WHERE "ownerId" = ${user.id} AND "filamentId" = f.id
      ) s) AS "spoolRows",
      (SELECT COALESCE(json_agg(j), '[]') FROM (
        SELECT jobs.id, title, state, "neededGrams" FROM jobs JOIN job_filaments n ON n."jobId" = jobs.id
        WHERE jobs."ownerId" = ${user.id} AND n."filamentId" = f.id AND state IN ('queued', 'printing')
        ORDER BY state DESC, position, jobs."createdAt"
      ) j) AS jobs,
      (SELECT json_agg(w) FROM (${weeks}) w) AS weeks
    FROM (${stockedFilaments(scope)}) f WHERE id = ${id}`;
  if (row === undefined) throw notFound("filament");

  const { spoolRows, jobs, weeks: buckets, ...filament } = row;
  return { filament, spools: spoolsOf(spoolRows), jobs, weeks: [...buckets] };
}

/** In the order in which they are used up; then the empty ones, then those that were put away. */
function spoolsOf(rows: readonly SpoolRow[]): FilamentDetails["spools"] {
  const spools = rows.map((row) => ({ ...row, createdAt: new Date(row.createdAt) }));
  return inOrderOfUse(spools)
    .map((spool) => ({ ...spool, worthCents: worthCents(spool, spool.remainingGrams) }))
    .toSorted((a, b) => ageOf(a) - ageOf(b));
}

function ageOf({ archivedAt, remainingGrams }: FilamentDetails["spools"][number]): number {
  if (archivedAt !== null) return 2;
  return remainingGrams === 0 ? 1 : 0;
}

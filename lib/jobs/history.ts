import { z } from "zod";
import { Prisma } from "../../generated/prisma/client.ts";
import type { FilamentName } from "../filaments/shape.ts";
import { type Page, pageOf, readCursor } from "../keyset.ts";
import type { Scope } from "../scope.ts";
import type { EndedState } from "./states.ts";

/** A row of the history. */
export interface EndedJob {
  readonly id: string;
  readonly title: string;
  readonly copies: number;
  readonly state: EndedState;
  readonly failure: string | null;
  readonly notes: string;
  readonly revisionId: string | null;
  readonly startedAt: Date | null;
  readonly endedAt: Date;
  readonly needs: { filament: FilamentName; neededGrams: number; usedGrams: number | null }[];
  readonly costCents: number;
}

const keySchema = z.tuple([z.iso.datetime(), z.string()]);

/** Jobs that are over, the last one first, with what they took and cost. */
export async function jobHistory(
  scope: Scope,
  { cursor, limit }: { readonly cursor?: string | null | undefined; readonly limit: number },
): Promise<Page<EndedJob>> {
  const { database, user } = scope;
  const found = await database.$queryRaw<EndedJob[]>`
    SELECT j.id, j.title, j.copies, j.state::text AS state, j.failure, j.notes, j."revisionId",
      j."startedAt", j."endedAt",
      COALESCE((SELECT sum("costCents") FROM uses WHERE "jobId" = j.id), 0)::float8 AS "costCents",
      (SELECT COALESCE(json_agg(json_build_object(
        'filament', json_build_object('id', f.id, 'brand', f.brand, 'material', f.material,
          'colorName', f."colorName", 'colorHex', f."colorHex"),
        'neededGrams', n."neededGrams", 'usedGrams', n."usedGrams") ORDER BY n.id), '[]')
        FROM job_filaments n JOIN filaments f ON f.id = n."filamentId" WHERE n."jobId" = j.id) AS needs
    FROM jobs j
    WHERE j."ownerId" = ${user.id} AND j."endedAt" IS NOT NULL ${before(cursor)}
    ORDER BY j."endedAt" DESC, j.id DESC LIMIT ${limit + 1}`;
  return pageOf({ found, limit, keyOf: ({ endedAt, id }) => [endedAt.toISOString(), id] });
}

function before(cursor: string | null | undefined): Prisma.Sql {
  if (!cursor) return Prisma.empty;
  const [at, id] = readCursor(cursor, keySchema);
  return Prisma.sql`AND (j."endedAt", j.id) < (${at}::timestamptz, ${id})`;
}

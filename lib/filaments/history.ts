import { z } from "zod";
import { Prisma } from "../../generated/prisma/client.ts";
import { type Page, pageOf, readCursor } from "../keyset.ts";
import type { Scope } from "../scope.ts";

/** A row of the history. */
export interface UseEntry {
  readonly id: string;
  readonly at: Date;
  readonly reason: "printed" | "failed_print" | "weighed";
  readonly grams: number;
  readonly costCents: number;
  readonly spoolId: string;
  readonly spoolLabel: string;
  readonly jobId: string | null;
  readonly jobTitle: string | null;
}

export interface HistoryInput {
  /** Of all spools of a filament, or of one spool. */
  readonly of: { readonly filamentId: string } | { readonly spoolId: string };
  readonly cursor?: string | null | undefined;
  readonly limit: number;
}

const keySchema = z.tuple([z.iso.datetime(), z.string()]);

/** What happened to spools, newest first. Another's spools have none. */
export async function useHistory(scope: Scope, { of, cursor, limit }: HistoryInput): Promise<Page<UseEntry>> {
  const found = await scope.database.$queryRaw<UseEntry[]>`
    SELECT u.id, u.at, u.reason::text AS reason, u.grams::float8 AS grams, u."costCents",
      u."spoolId", s.label AS "spoolLabel", u."jobId", j.title AS "jobTitle"
    FROM uses u JOIN spools s ON s.id = u."spoolId" LEFT JOIN jobs j ON j.id = u."jobId"
    WHERE u."ownerId" = ${scope.user.id} AND s."ownerId" = ${scope.user.id}
      AND ${"spoolId" in of ? Prisma.sql`s.id = ${of.spoolId}` : Prisma.sql`s."filamentId" = ${of.filamentId}`}
      ${before(cursor)}
    ORDER BY u.at DESC, u.id DESC LIMIT ${limit + 1}`;
  return pageOf({ found, limit, keyOf: ({ at, id }) => [at.toISOString(), id] });
}

function before(cursor: string | null | undefined): Prisma.Sql {
  if (!cursor) return Prisma.empty;
  const [at, id] = readCursor(cursor, keySchema);
  return Prisma.sql`AND (u.at, u.id) < (${at}::timestamptz, ${id})`;
}

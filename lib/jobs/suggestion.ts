import { stockedFilaments } from "../filaments/stocked.ts";
import { type PrintMetadata, storedMetadata } from "../print-files/metadata.ts";
import { notFound, type Scope } from "../scope.ts";
import type { SuggestedJob } from "./shape.ts";
import { type Candidate, suggestFilament } from "./suggest.ts";

interface RevisionRow {
  readonly state: string;
  readonly metadata: unknown;
  readonly variant: string;
  readonly model: string;
  readonly filaments: readonly Candidate[];
}

/**
 * A job for a revision: what its print file asks for, and the shop's nearest filament for each slot. One request to the
 * database.
 * @throws {AppError} not_found
 */
export async function suggestJob(scope: Scope, revisionId: string): Promise<SuggestedJob> {
  const { database, user } = scope;
  const [row] = await database.$queryRaw<RevisionRow[]>`
    SELECT file.state::text AS state, file.metadata, v.name AS variant, m.name AS model,
      (SELECT COALESCE(json_agg(s), '[]') FROM (
        SELECT id, material, "colorHex", "stockGrams" FROM (${stockedFilaments(scope)}) f WHERE "archivedAt" IS NULL
      ) s) AS filaments
    FROM revisions r JOIN files file ON file.id = r."fileId"
      JOIN variants v ON v.id = r."variantId" JOIN models m ON m.id = v."modelId"
    WHERE r.id = ${revisionId} AND r."ownerId" = ${user.id} AND file."ownerId" = ${user.id}
      AND v."ownerId" = ${user.id} AND m."ownerId" = ${user.id}`;
  if (row === undefined) throw notFound("print file");

  const metadata = storedMetadata(row.metadata);
  const slots = (metadata?.filaments ?? []).map(({ slot, material, colorHex, grams }) => ({
    slot,
    material,
    colorHex,
    grams,
    filamentId: suggestFilament({ material, colorHex }, row.filaments),
  }));
  return {
    revisionId,
    title: `${row.model} – ${row.variant}`.slice(0, 200),
    printSeconds: metadata?.printSeconds ?? null,
    slots,
    remarks: remarksOn(row.state, metadata),
  };
}

function remarksOn(state: string, metadata: PrintMetadata | null): string[] {
  if (state === "processing") return ["The file is still being read. Look again in a moment."];
  if (metadata === null) return ["Nothing could be read from this file, so say what it needs."];
  const remarks = [...metadata.remarks];
  if (metadata.filaments.some(({ grams }) => grams === null))
    remarks.push("The file doesn’t say how much it needs of every filament.");
  return remarks;
}

import { type StockedFilament, stockedFilaments } from "../filaments/stocked.ts";
import { type PrintMetadata, storedMetadata } from "../print-files/metadata.ts";
import { notFound, owned, type Scope } from "../scope.ts";
import type { SuggestedJob } from "./shape.ts";
import { suggestFilament } from "./suggest.ts";

/**
 * A job for a revision: what its print file asks for, and the shop's nearest filament for each slot.
 * @throws {AppError} not_found
 */
export async function suggestJob(scope: Scope, revisionId: string): Promise<SuggestedJob> {
  const { database } = scope;
  const mine = owned(scope);
  const ofRevision = { revisions: { some: { id: revisionId, ...mine } } };
  const [[file, variant, model], filaments] = await Promise.all([
    database.$transaction([
      database.file.findFirst({ where: { ...mine, revision: { id: revisionId, ...mine } } }),
      database.variant.findFirst({ where: { ...mine, ...ofRevision } }),
      database.model.findFirst({ where: { ...mine, variants: { some: ofRevision } } }),
    ]),
    database.$queryRaw<StockedFilament[]>`
      SELECT * FROM (${stockedFilaments(scope)}) f WHERE "archivedAt" IS NULL`,
  ]);
  if (file === null || variant === null || model === null) throw notFound("print file");

  const metadata = storedMetadata(file.metadata);
  const slots = (metadata?.filaments ?? []).map(({ slot, material, colorHex, grams }) => ({
    slot,
    material,
    colorHex,
    grams,
    filamentId: suggestFilament({ material, colorHex }, filaments),
  }));
  return {
    revisionId,
    title: `${model.name} – ${variant.name}`.slice(0, 200),
    printSeconds: metadata?.printSeconds ?? null,
    slots,
    remarks: remarksOn(file.state, metadata),
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

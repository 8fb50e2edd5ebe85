import { AppError } from "../app-error.ts";
import type { NewSpools } from "../filaments/shape.ts";
import { notFound, owned, type Scope } from "../scope.ts";
import { lossCents } from "../stock/cost.ts";
import { centigrams, gramsBeyond } from "../stock/grams.ts";
import { inTurn, type Transaction } from "../stock/in-turn.ts";

const MOST_SPOOLS = 500;

interface Addition extends NewSpools {
  readonly filamentId: string;
}

/**
 * Puts spools on the shelf, all alike.
 * @returns their ids
 * @throws {AppError} not_found: no such filament; invalid; conflict: too many
 */
export async function addSpools(scope: Scope, addition: Addition): Promise<readonly string[]> {
  return inTurn(scope, async (transaction) => {
    const filament = { id: addition.filamentId, ...owned(scope) };
    if ((await transaction.filament.count({ where: filament })) === 0) throw notFound("filament");
    const where = { filamentId: addition.filamentId, archivedAt: null, ...owned(scope) };
    const there = await transaction.spool.count({ where });
    if (there + addition.count > MOST_SPOOLS) throw tooMany();
    return addSpoolsIn(transaction, scope, addition);
  });
}

/** As `addSpools`, for a filament that is known to be there. */
export async function addSpoolsIn(
  transaction: Transaction,
  scope: Scope,
  { count, remainingGrams, ...fields }: Addition,
): Promise<readonly string[]> {
  const remaining = remainingGrams ?? fields.netGrams;
  const isBegun = centigrams(remaining) !== centigrams(fields.netGrams);
  if (remaining > fields.netGrams) throw fullerThanNew();
  const createdAt = Date.now();
  const ids = Array.from({ length: count }, () => crypto.randomUUID());
  await transaction.spool.createMany({
    data: ids.map((id, index) => ({
      id,
      ...owned(scope),
      ...fields,
      label: labelOf(fields.label, { index, count }),
      remainingGrams: remaining,
      createdAt: new Date(createdAt + index),
    })),
  });
  if (!isBegun) return ids;

  // What is gone from a spool is the sum of its uses, from the beginning.
  const change = { before: fields.netGrams, after: remaining };
  await transaction.use.createMany({
    data: ids.map((spoolId) => ({
      id: crypto.randomUUID(),
      ...owned(scope),
      spoolId,
      grams: gramsBeyond(change.before, change.after),
      costCents: lossCents(fields, change),
      reason: "weighed",
    })),
  });
  return ids;
}

/** "Shelf 3" becomes "Shelf 3 · 2" for the second of several. */
function labelOf(label: string, place: { readonly index: number; readonly count: number }): string {
  return place.count === 1 || label === "" ? label : `${label} · ${place.index + 1}`;
}

function fullerThanNew(): AppError {
  return new AppError({
    code: "invalid",
    message: "There can’t be more on a spool than when it was new.",
    hint: "Check both weights: neither includes the spool itself.",
  });
}

function tooMany(): AppError {
  return new AppError({
    code: "conflict",
    message: `A filament can have ${MOST_SPOOLS} spools at most.`,
    hint: "Put away the empty ones.",
  });
}

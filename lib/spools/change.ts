import type { Spool } from "../../generated/prisma/client.ts";
import { AppError } from "../app-error.ts";
import type { SpoolFields } from "../filaments/shape.ts";
import { notFound, owned, type Scope } from "../scope.ts";
import { lossCents } from "../stock/cost.ts";
import { centigrams, gramsOf } from "../stock/grams.ts";
import { inTurn, type Transaction } from "../stock/in-turn.ts";

/**
 * Changes what is known of a spool. What was used of it stays used: where it held more or less when it was new, it holds as
 * much more or less now.
 * @throws {AppError} not_found; conflict: more was used than that
 */
export async function changeSpool(scope: Scope, id: string, fields: SpoolFields): Promise<void> {
  await inTurn(scope, async (transaction) => {
    const spool = await ownSpool(transaction, scope, id);
    const used = centigrams(spool.netGrams) - centigrams(Number(spool.remainingGrams));
    const remaining = gramsOf(centigrams(fields.netGrams) - used);
    if (remaining < 0) throw lessThanUsed(gramsOf(used));
    await transaction.spool.updateMany({
      where: { id, ...owned(scope) },
      data: { ...fields, remainingGrams: remaining },
    });
  });
}

export interface Weighing {
  readonly id: string;
  /** What is on it, without the spool itself. */
  readonly remainingGrams: number;
  /** The empty spool, where it is known now. */
  readonly tareGrams?: number | undefined;
}

/**
 * Records what is really on a spool. The difference from what was known becomes a use of its own; the same weight again
 * records nothing.
 * @throws {AppError} not_found
 */
export async function weighSpool(scope: Scope, { id, remainingGrams, tareGrams }: Weighing): Promise<void> {
  await inTurn(scope, async (transaction) => {
    const spool = await ownSpool(transaction, scope, id);
    const change = { before: Number(spool.remainingGrams), after: remainingGrams };
    await transaction.spool.updateMany({
      where: { id, ...owned(scope) },
      data: { remainingGrams, ...(tareGrams === undefined ? {} : { tareGrams }) },
    });
    const grams = gramsOf(centigrams(change.before) - centigrams(change.after));
    if (grams === 0) return;
    const use = { spoolId: id, grams, costCents: lossCents(spool, change), reason: "weighed" } as const;
    await transaction.use.create({ data: { id: crypto.randomUUID(), ...owned(scope), ...use } });
  });
}

/**
 * Deletes a spool; one that something was used of is put away instead and is no stock any more.
 * @throws {AppError} not_found
 */
export async function removeSpool(scope: Scope, id: string): Promise<"deleted" | "archived"> {
  return inTurn(scope, async (transaction) => {
    await ownSpool(transaction, scope, id);
    const where = { id, ...owned(scope) };
    if ((await transaction.use.count({ where: { spoolId: id, ...owned(scope) } })) === 0) {
      await transaction.spool.deleteMany({ where });
      return "deleted";
    }
    await transaction.spool.updateMany({ where, data: { archivedAt: new Date() } });
    return "archived";
  });
}

/** Takes a spool out again that was put away. @throws {AppError} not_found */
export async function restoreSpool(scope: Scope, id: string): Promise<void> {
  const { count } = await scope.database.spool.updateMany({
    where: { id, ...owned(scope) },
    data: { archivedAt: null },
  });
  if (count === 0) throw notFound("spool");
}

async function ownSpool(transaction: Transaction, scope: Scope, id: string): Promise<Spool> {
  const spool = await transaction.spool.findFirst({ where: { id, ...owned(scope) } });
  if (spool === null) throw notFound("spool");
  return spool;
}

function lessThanUsed(usedGrams: number): AppError {
  return new AppError({
    code: "conflict",
    message: `${usedGrams} g were used of this spool, so it held more than that when it was new.`,
    hint: "Weigh it first if that isn’t so.",
  });
}

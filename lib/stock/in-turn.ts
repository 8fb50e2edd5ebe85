import { isOutcomeUnknown } from "prisma-xata";
import type { Prisma } from "../../generated/prisma/client.ts";
import { AppError } from "../app-error.ts";
import type { Scope } from "../scope.ts";

export type Transaction = Prisma.TransactionClient;

/**
 * One transaction that changes a shop's spools or queue, while no other of the same shop does: the second one sees all that the
 * first one did.
 * @throws {AppError} unavailable: nobody knows whether it was recorded; what changes spools or the queue may be asked again
 */
export async function inTurn<T>(
  { database, user }: Scope,
  work: (transaction: Transaction) => Promise<T>,
): Promise<T> {
  try {
    return await database.$transaction(async (transaction) => {
      // Held until the end. Doesn't keep others from adding rows that refer to the user.
      await transaction.$queryRaw`SELECT 1 AS held FROM users WHERE id = ${user.id} FOR NO KEY UPDATE`;
      return work(transaction);
    });
  } catch (error) {
    if (isOutcomeUnknown(error)) throw unknownOutcome(error);
    throw error;
  }
}

function unknownOutcome(cause: unknown): AppError {
  return new AppError({
    code: "unavailable",
    message: "The database didn’t say whether this was recorded.",
    hint: "Look at it again before you repeat it.",
    cause,
  });
}

import type { Context } from "../context.ts";
import { isUnavailable } from "../errors.ts";
import type { LedgerSession } from "../ledger-session.ts";

/** Brings what was recorded to the ledger, for work that goes on without it: the journal has it, and it is said. */
export async function flushIfReachable({ reporter }: Context, ledger: LedgerSession): Promise<void> {
  await ledger.flush().catch((error: unknown) => {
    if (!isUnavailable(error)) throw error;
    reporter.say(`        not recorded yet: ${error.message} The next delivery does it.`);
  });
}

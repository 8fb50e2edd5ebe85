import { targetOf, withLeaseIfReachable, type Context } from "../context.ts";
import { waitForIt } from "../engine/ask.ts";
import { rollBack } from "../engine/rollback.ts";
import type { Delivered } from "../engine/rollout.ts";
import { DeliveryError } from "../errors.ts";
import { readLedger } from "../ledger-session.ts";

export interface RollbackCommandOptions {
  readonly to: string | undefined;
  readonly withOldSecrets: string | undefined;
}

/** Returns an environment to the last release that it has proven, or to a named one; without the ledger if it must. */
export async function rollback(
  context: Context,
  name: string,
  options: RollbackCommandOptions,
): Promise<Delivered> {
  const target = targetOf(context, name);
  try {
    return await withLeaseIfReachable(context, name, (ledger, detached) => {
      if (detached !== undefined)
        context.reporter.say(`${name}: going on without the ledger: ${detached.message}`);
      return rollBack(context, target, { ledger, ...options });
    });
  } catch (error) {
    if (!(error instanceof DeliveryError) || error.code !== "LEASE_HELD") throw error;
    const hint = await adviceOn(context, name);
    throw new DeliveryError({ code: "LEASE_HELD", message: error.message, hint, cause: error });
  }
}

/** A rollout can be stopped; what else holds the lease is over soon. */
async function adviceOn({ ledgers }: Context, name: string): Promise<string> {
  const state = await readLedger(ledgers, name).catch(() => undefined);
  if (state !== undefined && state.open === undefined) return waitForIt(name, state.lease?.owner);
  return `Stop it, which takes its release back: npx delivery abort ${name} REASON. Then roll back if it is still needed.`;
}

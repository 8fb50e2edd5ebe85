import { sessionParts, targetOf, type Context } from "../context.ts";
import { DeliveryError } from "../errors.ts";
import type { LedgerEntry } from "../ledger/entry.ts";
import { appendLeaseless, readLedger } from "../ledger-session.ts";

export interface Held {
  readonly environment: string;
  readonly lock: { readonly by: string; readonly reason: string } | null;
  /** A delivery that had begun before; it goes on. */
  readonly running: string | null;
}

/** A person holds an environment: no delivery begins until it is unlocked. @throws {DeliveryError} LEASE_HELD when another one does */
export async function lock(context: Context, name: string, reason: string): Promise<Held> {
  let running: string | null = null;
  const entry = await append(context, name, ({ lock: held, open, lease }) => {
    if (held !== undefined) {
      throw new DeliveryError({
        code: "LEASE_HELD",
        message: `${name} is held by ${held.by} already, since ${held.at}: ${held.reason}.`,
        hint: `When it may go on: npx delivery unlock ${name}`,
      });
    }
    running = lease === undefined ? null : (open?.rolloutId ?? null);
    return { rolloutId: "", type: "locked", reason };
  });
  return { environment: name, lock: { by: entry.actor.name, reason }, running };
}

/** Deliveries may begin again. An environment that nobody holds is left as it is. */
export async function unlock(context: Context, name: string): Promise<Held> {
  const { lock: held } = await readLedger(context.ledgers, targetOf(context, name).name);
  if (held !== undefined) await append(context, name, () => ({ rolloutId: "", type: "unlocked" }));
  return { environment: name, lock: null, running: null };
}

function append(
  context: Context,
  name: string,
  decide: Parameters<typeof appendLeaseless>[1],
): Promise<LedgerEntry> {
  return appendLeaseless(sessionParts(context, targetOf(context, name).name), decide);
}

export function presentHeld({ environment, lock: held, running }: Held): string {
  if (held === null) return `${environment} takes deliveries.\n`;
  const beside = running === null ? "" : ` The rollout ${running} is running and goes on.`;
  return `${environment} is held by ${held.by}: ${held.reason}.${beside}\n`;
}

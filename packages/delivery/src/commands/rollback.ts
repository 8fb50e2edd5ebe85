import { targetOf, withLease, type Context } from "../context.ts";
import { rollBack } from "../engine/rollback.ts";
import type { Delivered } from "../engine/rollout.ts";

export interface RollbackCommandOptions {
  readonly to: string | undefined;
  readonly withOldSecrets: string | undefined;
}

/** Returns an environment to the last release that it has proven, or to a named one. */
export function rollback(
  context: Context,
  name: string,
  options: RollbackCommandOptions,
): Promise<Delivered> {
  const target = targetOf(context, name);
  return withLease(context, name, (ledger) => rollBack(context, target, { ledger, ...options }));
}

import { sessionParts, withLease, type Context, type Target } from "../context.ts";
import { DeliveryError } from "../errors.ts";
import type { LedgerEntry } from "../ledger/entry.ts";
import type { EnvironmentState } from "../ledger/fold.ts";
import type { Owner } from "../ledger/owner.ts";
import { mayBeRunning } from "../ledger-lease.ts";
import { appendLeaseless, readLedger, thisProcess, type LedgerSession } from "../ledger-session.ts";
import { replay } from "../rollout/machine.ts";
import { takeBack } from "./recover.ts";

type Wish = "pause" | "abort";

/** What became of a person's wish about a rollout. */
export interface Asked {
  readonly environment: string;
  readonly rolloutId: string;
  readonly releaseId: string;
  readonly wish: Wish;
  /**
   * `asked` when the process that delivers is alive but hasn't come to it yet; `proven` when the rollout was done before and
   * its release serves; `ended` when it had been taken back before.
   */
  readonly outcome: "paused" | "aborted" | "asked" | "proven" | "ended";
}

/** A running delivery looks every few seconds, and after whatever it is doing. */
const WAIT_MS = 30_000;
const POLL_MS = 1000;

/**
 * Pauses or aborts an environment's unfinished rollout: the process that delivers is asked to; where none runs, it is done
 * here.
 * @throws {DeliveryError} USAGE when no rollout is unfinished
 */
export async function ask(
  context: Context,
  target: Target,
  { wish, reason }: { readonly wish: Wish; readonly reason: string | undefined },
): Promise<Asked> {
  const state = await readLedger(context.ledgers, target.name);
  const self = context.owner ?? thisProcess();
  const rollout = openRollout(target, state, self);
  const asked = (outcome: Asked["outcome"]): Asked => ({
    environment: target.name,
    ...rollout,
    wish,
    outcome,
  });
  if (mayBeRunning(state, self)) {
    await appendLeaseless(sessionParts(context, target.name), (now) => {
      const { rolloutId, releaseId } = openRollout(target, now, self);
      return {
        rolloutId,
        releaseId,
        type: "requested",
        request: wish,
        ...(reason !== undefined && { reason }),
      };
    });
    const outcome = await awaitOutcome(context, target, { wish, rolloutId: rollout.rolloutId });
    if (outcome !== undefined) return asked(outcome);
  }
  try {
    const done = await withLease(context, target.name, (ledger) =>
      act(context, target, { ledger, wish, reason }),
    );
    return asked(done ?? endOf((await readLedger(context.ledgers, target.name)).entries, rollout.rolloutId));
  } catch (error) {
    if (error instanceof DeliveryError && error.code === "LEASE_HELD") return asked("asked");
    throw error;
  }
}

function openRollout(
  target: Target,
  state: Pick<EnvironmentState, "open" | "lease">,
  self: Owner,
): { readonly rolloutId: string; readonly releaseId: string } {
  const [planned] = state.open?.entries ?? [];
  if (planned !== undefined) return { rolloutId: planned.rolloutId, releaseId: planned.releaseId ?? "" };
  throw new DeliveryError({
    code: "USAGE",
    message: `${target.name} has no unfinished rollout.`,
    hint: mayBeRunning(state, self)
      ? waitForIt(target.name, state.lease?.owner)
      : `See what it serves: npx delivery status ${target.name}. To leave that release: npx delivery rollback ${target.name}`,
  });
}

/** What to do about a lease that is held without a rollout: there is nothing to abort. */
export function waitForIt(environment: string, owner = "another process"): string {
  return `A rollback, an adoption or the preflight of a delivery by ${owner} is running; wait for it, then: npx delivery status ${environment}`;
}

async function awaitOutcome(
  { clock, ledgers }: Context,
  target: Target,
  { wish, rolloutId }: { readonly wish: Wish; readonly rolloutId: string },
): Promise<Asked["outcome"] | undefined> {
  const deadlineMs = clock.monotonicMs() + WAIT_MS;
  while (clock.monotonicMs() < deadlineMs) {
    await clock.sleep(POLL_MS);
    const { entries, open, lease } = await readLedger(ledgers, target.name);
    if (open?.rolloutId !== rolloutId) return endOf(entries, rolloutId, "aborted");
    if (replay(open.entries).paused === undefined) continue;
    if (wish === "pause") return "paused";
    // It was paused before the process came to the wish: nobody has it then.
    if (lease === undefined) return undefined;
  }
  return undefined;
}

/** How a rollout ended; `aborted` where it is by this wish. */
function endOf(
  entries: readonly LedgerEntry[],
  rolloutId: string,
  aborted: "aborted" | "ended" = "ended",
): Asked["outcome"] {
  const last = entries.findLast((entry) => entry.rolloutId === rolloutId && entry.type !== "requested");
  if (last?.type === "proven") return "proven";
  return last?.type === "aborted" ? aborted : "ended";
}

/** No other process has the rollout. Undefined when it is over. */
async function act(
  context: Context,
  target: Target,
  {
    ledger,
    wish,
    reason = "a person asked for it",
  }: { readonly ledger: LedgerSession; readonly wish: Wish; readonly reason: string | undefined },
): Promise<"aborted" | "paused" | undefined> {
  const { open } = ledger.state();
  if (open === undefined) return undefined;
  if (wish === "abort") {
    await takeBack(context, target, { ledger, reason });
    return "aborted";
  }
  const { rolloutId } = open;
  const releaseId = open.entries[0]?.releaseId ?? "";
  ledger.record({ rolloutId, releaseId, type: "paused", reason });
  await ledger.flush();
  return "paused";
}

import { sessionParts, withLease, type Context, type Target } from "../context.ts";
import { DeliveryError } from "../errors.ts";
import type { EnvironmentState } from "../ledger/fold.ts";
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
  /** `asked` when the process that delivers is alive but hasn't come to it yet; `ended` when the rollout was over before. */
  readonly outcome: "paused" | "aborted" | "asked" | "ended";
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
  const rollout = openRollout(target, state);
  const asked = (outcome: Asked["outcome"]): Asked => ({
    environment: target.name,
    ...rollout,
    wish,
    outcome,
  });
  if (mayBeRunning(state, context.owner ?? thisProcess())) {
    await appendLeaseless(sessionParts(context, target.name), (now) => {
      const { rolloutId, releaseId } = openRollout(target, now);
      return {
        rolloutId,
        releaseId,
        type: "requested",
        request: wish,
        ...(reason !== undefined && { reason }),
      };
    });
    const outcome = await awaitOutcome(context, target, rollout.rolloutId);
    if (outcome !== undefined) return asked(outcome);
  }
  try {
    return asked(
      await withLease(context, target.name, (ledger) => act(context, target, { ledger, wish, reason })),
    );
  } catch (error) {
    if (error instanceof DeliveryError && error.code === "LEASE_HELD") return asked("asked");
    throw error;
  }
}

function openRollout(
  target: Target,
  { open }: Pick<EnvironmentState, "open">,
): { readonly rolloutId: string; readonly releaseId: string } {
  const [planned] = open?.entries ?? [];
  if (planned !== undefined) return { rolloutId: planned.rolloutId, releaseId: planned.releaseId ?? "" };
  throw new DeliveryError({
    code: "USAGE",
    message: `${target.name} has no unfinished rollout.`,
    hint: `See what it serves: npx delivery status ${target.name}. To leave that release: npx delivery rollback ${target.name}`,
  });
}

async function awaitOutcome(
  { clock, ledgers }: Context,
  target: Target,
  rolloutId: string,
): Promise<Asked["outcome"] | undefined> {
  const deadlineMs = clock.monotonicMs() + WAIT_MS;
  while (clock.monotonicMs() < deadlineMs) {
    await clock.sleep(POLL_MS);
    const { entries, open } = await readLedger(ledgers, target.name);
    if (open?.rolloutId !== rolloutId) {
      const last = entries.findLast((entry) => entry.rolloutId === rolloutId && entry.type !== "requested");
      return last?.type === "aborted" ? "aborted" : "ended";
    }
    if (replay(open.entries).paused !== undefined) return "paused";
  }
  return undefined;
}

/** No other process has the rollout. */
async function act(
  context: Context,
  target: Target,
  {
    ledger,
    wish,
    reason = "a person asked for it",
  }: { readonly ledger: LedgerSession; readonly wish: Wish; readonly reason: string | undefined },
): Promise<Asked["outcome"]> {
  const { open } = ledger.state();
  if (open === undefined) return "ended";
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

import process from "node:process";
import { DeliveryError } from "./errors.ts";
import type { LedgerEntry } from "./ledger/entry.ts";
import { foldLedger, type EnvironmentState } from "./ledger/fold.ts";
import { viewLease, type Owner } from "./ledger/owner.ts";
import type { SessionParts } from "./ledger-session.ts";
import type { LedgerHead } from "./ports.ts";

/** Whether a delivery may be running: somebody holds the lease who isn't known to be gone. */
export function mayBeRunning(
  { lease }: Pick<EnvironmentState, "lease">,
  self: Owner,
  alive: (pid: number) => boolean = isAlive,
): boolean {
  const view = viewLease(lease?.owner, self, alive);
  return view !== "free" && view !== "gone";
}

/**
 * Returns when the environment's lease may be taken over: its holder is gone, or stood still for a whole term, as a process does
 * that was stopped, or that has only the number of the one that is gone.
 * @throws {DeliveryError} LEASE_HELD when its holder is alive
 */
export async function awaitLease(
  parts: SessionParts,
  { head, entries }: LedgerHead,
  self: Owner,
): Promise<void> {
  const { lease } = foldLedger(entries);
  const view = viewLease(lease?.owner, self, parts.isAlive ?? isAlive);
  if (view === "gone" || view === "free") return;
  const holder = entries.findLast(({ type }) => type === "lease_acquired" || type === "lease_taken");
  const { termMs } = parts.settings.configuration.ledger;
  if (view === "alive" && wasRenewed(parts, entries, termMs)) throw leaseHeld(parts.environment, holder);
  parts.reporter.say(
    `The lease of ${parts.environment} is held by ${lease?.owner}. It is taken over if it stands still for ${termMs / 1000} s.`,
  );
  const deadline = parts.clock.monotonicMs() + termMs;
  while (parts.clock.monotonicMs() < deadline) {
    await parts.clock.sleep(Math.min(5000, termMs / 4));
    const now = await parts.store.read(parts.environment);
    if (now.head !== head) {
      if (foldLedger(now.entries).lease === undefined) return;
      throw leaseHeld(parts.environment, holder);
    }
  }
}

/** On this machine, whose clock wrote it, whether the lease was taken or renewed within its term. */
function wasRenewed({ clock }: SessionParts, entries: readonly LedgerEntry[], termMs: number): boolean {
  const last = entries.findLast(({ type }) => LEASE_TYPES.has(type));
  const ageMs = clock.now().getTime() - Date.parse(last?.at ?? "");
  return ageMs >= 0 && ageMs < termMs;
}

const LEASE_TYPES: ReadonlySet<string> = new Set(["lease_acquired", "lease_taken", "lease_renewed"]);

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
}

function leaseHeld(environment: string, entry: LedgerEntry | undefined): DeliveryError {
  const since = entry === undefined ? "" : ` since ${entry.at} (${entry.actor.name}, ${entry.lease.owner})`;
  return new DeliveryError({
    code: "LEASE_HELD",
    message: `Another delivery to ${environment} is running${since}.`,
    hint: "Wait for it to end, then try again. Nothing was changed.",
    retryable: true,
  });
}

export function leaseLost(environment: string): DeliveryError {
  return new DeliveryError({
    code: "LEASE_HELD",
    message: `The lease of ${environment} was taken over by another delivery.`,
    hint: `See what it does: npx delivery history ${environment}`,
  });
}

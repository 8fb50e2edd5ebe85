import { randomBytes } from "node:crypto";
import { hostname } from "node:os";
import process from "node:process";
import type { Settings } from "./config/load.ts";
import { DeliveryError } from "./errors.ts";
import type { Journal } from "./adapters/journal.ts";
import type { LedgerEntry, NewEntry } from "./ledger/entry.ts";
import { foldEntry, foldLedger, type EnvironmentState } from "./ledger/fold.ts";
import { formatOwner, viewLease, type Owner } from "./ledger/owner.ts";
import type { Clock, LedgerHead, LedgerStore, Reporter } from "./ports.ts";

/** An environment's ledger while this process holds its lease. */
export interface LedgerSession {
  readonly state: () => EnvironmentState;
  /** Journals an entry and returns it complete. It reaches the ledger with the next `flush`. */
  record(entry: NewEntry): LedgerEntry;
  /** Resolves once the ledger has everything recorded. @throws {DeliveryError} LEASE_HELD when the lease was lost */
  flush(): Promise<void>;
  /** The ledger's head as of the last flush, 12 hex digits: it anchors the ledger in each deployment's message. */
  anchor(): string;
  /** Gives the lease back. Idempotent. */
  release(): Promise<void>;
}

export interface SessionParts {
  readonly settings: Settings;
  readonly environment: string;
  readonly store: LedgerStore;
  readonly journal: Journal;
  readonly clock: Clock;
  readonly reporter: Reporter;
}

/** Reads an environment's ledger without taking its lease. */
export async function readLedger(
  store: LedgerStore,
  environment: string,
): Promise<EnvironmentState & { readonly entries: readonly LedgerEntry[] }> {
  const { entries } = await store.read(environment);
  return { ...foldLedger(entries), entries };
}

/**
 * Takes the environment's lease and opens its ledger for writing.
 * A lease whose holder is gone is taken over; one that stands still for a whole term too.
 * @throws {DeliveryError} LEASE_HELD when its holder is alive
 */
export async function openLedger(parts: SessionParts): Promise<LedgerSession> {
  const self: Owner = { host: hostname(), pid: process.pid };
  const lease = { owner: formatOwner(self), nonce: randomBytes(6).toString("hex") };
  for (;;) {
    const read = await parts.store.read(parts.environment);
    const before = foldLedger(read.entries);
    const free = before.lease === undefined;
    if (!free) await awaitLease(parts, read, self);
    const session = createSession(parts, read, lease);
    const reason = free ? {} : { reason: `its holder ${before.lease?.owner} is gone or stood still` };
    session.record({ rolloutId: "", type: free ? "lease_acquired" : "lease_taken", ...reason });
    if (await session.tryFlush()) return withHeartbeat(session, parts.settings.configuration.ledger.termMs);
  }
}

type Session = LedgerSession & { tryFlush(): Promise<boolean> };

function createSession(
  parts: SessionParts,
  from: LedgerHead,
  lease: { owner: string; nonce: string },
): Session {
  const { settings, environment, store, journal, clock, reporter } = parts;
  let state = foldLedger(from.entries);
  let head = from.head;
  let pending: LedgerEntry[] = [];
  let flushing: Promise<boolean> = Promise.resolve(true);
  let lastAtMs = clock.monotonicMs();

  function record(entry: NewEntry): LedgerEntry {
    const at = clock.now().toISOString();
    const complete: LedgerEntry = {
      schema: 1,
      seq: state.nextSeq,
      at,
      actor: settings.actor,
      lease,
      environment,
      ...entry,
    };
    journal(complete);
    const nowMs = clock.monotonicMs();
    reporter.recorded(complete, nowMs - lastAtMs);
    lastAtMs = nowMs;
    pending.push(complete);
    state = foldEntry(state, complete);
    return complete;
  }

  async function push(): Promise<boolean> {
    const entries = pending;
    if (entries.length === 0) return true;
    const result = await store.append(environment, head, entries);
    if (result.outcome === "moved") return false;
    head = result.head;
    pending = pending.slice(entries.length);
    return true;
  }

  function tryFlush(): Promise<boolean> {
    flushing = flushing.then(push, push);
    return flushing;
  }

  async function flush(): Promise<void> {
    if (!(await tryFlush())) throw leaseLost(environment);
  }

  let released = false;
  async function release(): Promise<void> {
    if (released) return;
    released = true;
    record({ rolloutId: "", type: "lease_released" });
    await tryFlush();
  }

  return { state: () => state, record, flush, tryFlush, release, anchor: () => (head ?? "").slice(0, 12) };
}

/** Renews the lease while it is held, so that a contender sees that its holder is alive. */
function withHeartbeat(session: Session, termMs: number): LedgerSession {
  const timer = setInterval(() => {
    session.record({ rolloutId: "", type: "lease_renewed" });
    session.tryFlush().catch(() => undefined);
  }, termMs / 3).unref();
  return {
    ...session,
    release: () => {
      clearInterval(timer);
      return session.release();
    },
  };
}

/** Returns when the lease may be taken over. */
async function awaitLease(parts: SessionParts, { head, entries }: LedgerHead, self: Owner): Promise<void> {
  const { lease } = foldLedger(entries);
  const view = viewLease(lease?.owner, self, isAlive);
  if (view === "gone" || view === "free") return;
  const holder = entries.findLast(({ type }) => type === "lease_acquired" || type === "lease_taken");
  if (view === "alive") throw leaseHeld(parts.environment, holder);
  const { termMs } = parts.settings.configuration.ledger;
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

function leaseLost(environment: string): DeliveryError {
  return new DeliveryError({
    code: "LEASE_HELD",
    message: `The lease of ${environment} was taken over by another delivery.`,
    hint: `See what it does: npx delivery history ${environment}`,
  });
}

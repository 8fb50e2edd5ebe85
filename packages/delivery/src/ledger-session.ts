import { createHash, randomBytes } from "node:crypto";
import { readFileSync, readlinkSync } from "node:fs";
import { hostname } from "node:os";
import process from "node:process";
import type { Settings } from "./config/load.ts";
import type { Journal } from "./adapters/journal.ts";
import { DeliveryError, isUnavailable } from "./errors.ts";
import type { LedgerEntry, NewEntry } from "./ledger/entry.ts";
import { foldEntry, foldLedger, type EnvironmentState } from "./ledger/fold.ts";
import { mergePending } from "./ledger/merge.ts";
import { formatOwner, type Owner } from "./ledger/owner.ts";
import { awaitLease, leaseLost } from "./ledger-lease.ts";
import type { Clock, LedgerHead, LedgerStore, Reporter } from "./ports.ts";

/** An environment's ledger while this process holds its lease. */
export interface LedgerSession {
  /** With everything recorded here, and what people had added when the ledger was last looked at. */
  readonly state: () => EnvironmentState;
  /** Journals an entry and returns it complete. It reaches the ledger with the next `flush`. */
  record(entry: NewEntry): LedgerEntry;
  /** Resolves once the ledger has everything recorded. @throws {DeliveryError} LEASE_HELD when the lease was lost */
  flush(): Promise<void>;
  /**
   * Looks whether a person has added a request or a lock; at most every few seconds. A ledger that can't be reached for less
   * than half a term, in which nobody may take the lease, is no failure. @throws {DeliveryError} LEASE_HELD
   */
  look(): Promise<void>;
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
  /** Whether a process of this machine lives. */
  readonly isAlive?: (pid: number) => boolean;
  /** Who takes the lease: this process, unless a test plays another one. */
  readonly owner?: Owner;
}

/** Reads an environment's ledger without taking its lease. */
export async function readLedger(
  store: LedgerStore,
  environment: string,
): Promise<EnvironmentState & { readonly entries: readonly LedgerEntry[] }> {
  const { entries } = await store.read(environment);
  return { ...foldLedger(entries), entries };
}

/** Between two looks for what people have added. */
const LOOK_MS = 5000;
/** How many times in a row others may be quicker. */
const ATTEMPTS = 5;
/** A remote that refuses or fails is asked again for so long before work is given up for it, with longer and longer waits. */
const PATIENCE_MS = 5000;
const FIRST_WAIT_MS = 500;

/**
 * Takes the environment's lease and opens its ledger for writing.
 * A lease whose holder is gone is taken over; one that stands still for a whole term too.
 * @throws {DeliveryError} LEASE_HELD when its holder is alive
 */
export async function openLedger(parts: SessionParts): Promise<LedgerSession> {
  const self = parts.owner ?? thisProcess();
  for (;;) {
    const lease = newLease(self);
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

/**
 * As a session, where the ledger can't be reached: nothing is known of the past, and what is recorded stays in this machine's
 * journal.
 */
export function detachedSession(parts: SessionParts): LedgerSession {
  const session = createSession(
    parts,
    { head: undefined, entries: [] },
    newLease(parts.owner ?? thisProcess()),
  );
  const nothing = () => Promise.resolve();
  return { ...session, flush: nothing, look: nothing, release: nothing };
}

/**
 * Adds an entry that needs no lease: a request or a lock.
 * @throws what `decide` throws; it is asked again when others were quicker
 */
export async function appendLeaseless(
  parts: SessionParts,
  decide: (state: EnvironmentState) => NewEntry,
): Promise<LedgerEntry> {
  const lease = newLease(parts.owner ?? thisProcess());
  for (let attempt = 1; attempt <= ATTEMPTS; attempt += 1) {
    const read = await parts.store.read(parts.environment);
    const session = createSession(parts, read, lease);
    const entry = session.record(decide(session.state()));
    const { outcome } = await parts.store.append(parts.environment, read.head, [entry]);
    if (outcome === "appended" || (await arrived(parts, entry))) return entry;
  }
  throw new DeliveryError({
    code: "LEDGER_UNAVAILABLE",
    message: `The ledger of ${parts.environment} moved on ${ATTEMPTS} times while this was being written.`,
    hint: "Try again.",
    retryable: true,
  });
}

async function arrived({ store, environment }: SessionParts, entry: LedgerEntry): Promise<boolean> {
  const { entries } = await store.read(environment);
  return entries.some(({ lease }) => lease.nonce === entry.lease.nonce);
}

function rewritten(environment: string): DeliveryError {
  return new DeliveryError({
    code: "DRIFT",
    message: `The ledger of ${environment} has lost entries that were in it: it was deleted or rewritten.`,
    hint: `Nothing more is changed. Compare it with the platform: npx delivery audit ${environment}`,
  });
}

export function thisProcess(): Owner {
  return { host: `${hostname()}${processSpace()}`, pid: process.pid };
}

/** Machines and containers may have the same name: what tells them apart on Linux, shortened; empty elsewhere. */
function processSpace(): string {
  try {
    const boot = readFileSync("/proc/sys/kernel/random/boot_id", "utf8");
    const seen = `${boot}${readlinkSync("/proc/self/ns/pid")}`;
    return `~${createHash("sha256").update(seen).digest("hex").slice(0, 6)}`;
  } catch {
    return "";
  }
}

function newLease(self: Owner): LedgerEntry["lease"] {
  return { owner: formatOwner(self), nonce: randomBytes(6).toString("hex") };
}

type Session = LedgerSession & { tryFlush(): Promise<boolean> };

function createSession(parts: SessionParts, from: LedgerHead, lease: LedgerEntry["lease"]): Session {
  const { settings, environment, store, journal, clock, reporter } = parts;
  /** What the ledger has. */
  let base = foldLedger(from.entries);
  let head = from.head;
  let state = base;
  let pending: readonly LedgerEntry[] = [];
  let writing: Promise<boolean> = Promise.resolve(true);
  let lastAtMs = clock.monotonicMs();
  let lookedAtMs = lastAtMs;
  /** When the ledger was last known to be this session's. */
  let confirmedAtMs = lastAtMs;
  let released = false;

  function record(entry: NewEntry): LedgerEntry {
    if (released) throw new Error(`the lease of ${environment} was given back`);
    const nowMs = clock.monotonicMs();
    const complete: LedgerEntry = {
      schema: 1,
      seq: state.nextSeq,
      at: clock.now().toISOString(),
      actor: settings.actor,
      lease,
      environment,
      ...entry,
      durationMs: Math.round(nowMs - lastAtMs),
    };
    lastAtMs = nowMs;
    journal(complete);
    reporter.recorded(complete);
    pending = [...pending, complete];
    state = foldEntry(state, complete);
    return complete;
  }

  async function push(): Promise<boolean> {
    for (let attempt = 1; pending.length > 0; attempt += 1) {
      const entries = pending;
      const after = head;
      const result = await patiently(clock, () => store.append(environment, after, entries));
      if (result.outcome === "appended") {
        confirmedAtMs = clock.monotonicMs();
        head = result.head;
        base = entries.reduce(foldEntry, base);
        pending = pending.slice(entries.length);
        return true;
      }
      if (attempt === ATTEMPTS || !(await merge())) return false;
    }
    return true;
  }

  /** Takes in what was added since; false when the lease is another's. */
  async function merge(): Promise<boolean> {
    const now = await store.read(environment);
    if (now.head === head) {
      confirmedAtMs = clock.monotonicMs();
      return true;
    }
    if (now.entries.length < base.nextSeq - 1) throw rewritten(environment);
    const newer = now.entries.slice(base.nextSeq - 1);
    const merged = mergePending(newer, pending, lease.nonce);
    if (merged.kind === "lost") return false;
    for (const entry of merged.pending) journal(entry);
    confirmedAtMs = clock.monotonicMs();
    head = now.head;
    base = newer.reduce(foldEntry, base);
    pending = merged.pending;
    state = pending.reduce(foldEntry, base);
    return true;
  }

  function inTurn(work: () => Promise<boolean>): Promise<boolean> {
    writing = writing.then(work, work);
    return writing;
  }

  async function flush(): Promise<void> {
    if (!(await inTurn(push))) throw leaseLost(environment);
  }

  async function look(): Promise<void> {
    if (clock.monotonicMs() - lookedAtMs < LOOK_MS) return;
    lookedAtMs = clock.monotonicMs();
    const isOwn = await inTurn(merge).catch((error: unknown) => {
      const safe = clock.monotonicMs() - confirmedAtMs < settings.configuration.ledger.termMs / 2;
      if (isUnavailable(error) && safe) return true;
      throw error;
    });
    if (!isOwn) throw leaseLost(environment);
  }

  async function release(): Promise<void> {
    if (released) return;
    record({ rolloutId: "", type: "lease_released" });
    released = true;
    await inTurn(push);
  }

  return {
    state: () => state,
    record,
    flush,
    look,
    tryFlush: () => inTurn(push),
    release,
    anchor: () => (head ?? "").slice(0, 12),
  };
}

async function patiently<T>(clock: Clock, work: () => Promise<T>): Promise<T> {
  const deadlineMs = clock.monotonicMs() + PATIENCE_MS;
  for (let waitMs = FIRST_WAIT_MS; ; waitMs *= 2) {
    try {
      return await work();
    } catch (error) {
      if (!isUnavailable(error) || clock.monotonicMs() + waitMs > deadlineMs) throw error;
    }
    await clock.sleep(waitMs);
  }
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

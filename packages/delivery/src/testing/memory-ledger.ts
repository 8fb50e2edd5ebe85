import { createHash } from "node:crypto";
import type { LedgerEntry } from "../ledger/entry.ts";
import type { LedgerStore } from "../ports.ts";

export interface MemoryLedger extends LedgerStore {
  /** Another machine's entries, without asking anybody. */
  add(environment: string, ...entries: readonly LedgerEntry[]): void;
  /** Somebody with write access rewrites history. */
  set(environment: string, entries: readonly LedgerEntry[]): void;
  entries(environment: string): readonly LedgerEntry[];
  /** From now on it can't be reached; or it can again. */
  fail(error: Error | undefined): void;
  /** Called before each append, to act between a read and a write. */
  beforeAppend: (environment: string) => void;
}

/** A ledger that is gone with the process. */
export function createMemoryLedger(): MemoryLedger {
  const chains = new Map<string, readonly LedgerEntry[]>();
  let failure: Error | undefined;
  const entries = (environment: string) => chains.get(environment) ?? [];
  const head = (environment: string) => headOf(entries(environment));
  const store: MemoryLedger = {
    beforeAppend: () => undefined,
    fail: (error) => (failure = error),
    entries,
    set: (environment, all) => chains.set(environment, all),
    add: (environment, ...added) => chains.set(environment, [...entries(environment), ...added]),
    read: async (environment) => {
      if (failure) throw failure;
      return { head: head(environment), entries: entries(environment) };
    },
    append: async (environment, after, added) => {
      if (failure) throw failure;
      store.beforeAppend(environment);
      if (head(environment) !== after) return { outcome: "moved" };
      store.add(environment, ...added);
      return { outcome: "appended", head: head(environment) ?? "" };
    },
  };
  return store;
}

function headOf(entries: readonly LedgerEntry[]): string | undefined {
  if (entries.length === 0) return undefined;
  return createHash("sha1").update(JSON.stringify(entries)).digest("hex");
}

import { isLeaseless, type LedgerEntry } from "./entry.ts";

/** Entries of one process that the ledger hasn't yet, after it turned out to have moved on. */
export type Merged =
  | { readonly kind: "merged"; readonly pending: readonly LedgerEntry[] }
  /** Another process holds the lease now. */
  | { readonly kind: "lost" };

/**
 * Puts `pending` after the entries that are `newer` than what its process knew. Requests and locks of people go between;
 * entries that had arrived although the push seemed to fail are not written twice.
 */
export function mergePending(
  newer: readonly LedgerEntry[],
  pending: readonly LedgerEntry[],
  nonce: string,
): Merged {
  const foreign = newer.filter(({ lease }) => lease.nonce !== nonce);
  if (foreign.some((entry) => !isLeaseless(entry))) return { kind: "lost" };
  const arrived = newer.length - foreign.length;
  const after = newer.at(-1)?.seq ?? 0;
  const rest = pending.slice(arrived);
  if (newer.length === 0) return { kind: "merged", pending: rest };
  return { kind: "merged", pending: rest.map((entry, index) => ({ ...entry, seq: after + 1 + index })) };
}

import { closeSync, fsyncSync, mkdirSync, openSync, writeSync } from "node:fs";
import { join } from "node:path";
import type { LedgerEntry } from "../ledger/entry.ts";

/** Writes an entry to this machine's journal; it is on the disk when the call returns. */
export type Journal = (entry: LedgerEntry) => void;

/** One file per environment: what was decided here, also while the ledger's remote is away. */
export function openJournal(cacheDir: string, environment: string): Journal {
  const folder = join(cacheDir, "journal");
  mkdirSync(folder, { recursive: true });
  const file = join(folder, `${environment}.ndjson`);
  return (entry) => appendDurably(file, `${JSON.stringify(entry)}\n`);
}

export function appendDurably(file: string, text: string): void {
  const descriptor = openSync(file, "a", 0o600);
  try {
    writeSync(descriptor, text);
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

import { targetOf, type Context } from "../context.ts";
import type { LedgerEntry } from "../ledger/entry.ts";
import { readLedger } from "../ledger-session.ts";

/** Everything that was decided in an environment, oldest first. */
export async function history(context: Context, environment: string): Promise<readonly LedgerEntry[]> {
  const { entries } = await readLedger(context.ledgers, targetOf(context, environment).name);
  return entries;
}

/** A line an entry, without the leases' comings and goings. */
export function presentHistory(entries: readonly LedgerEntry[]): string {
  const lines = entries.filter(({ type }) => !type.startsWith("lease_")).map(line);
  return lines.length > 0 ? `${lines.join("\n")}\n` : "Nothing was delivered here yet.\n";
}

function line(entry: LedgerEntry): string {
  const { seq, at, type, releaseId = "", verdict, reason, percentages, actor, durationMs } = entry;
  const shares =
    percentages && type === "routed"
      ? Object.entries(percentages).map(([id, share]) => `${id.slice(0, 8)} ${share} %`)
      : [];
  const measured = verdict
    ? [`${verdict.gate} ${verdict.result}: ${verdict.measurements.at(-1)?.detail ?? ""}`]
    : [];
  const overridden = Object.entries(entry.exceptions ?? {}).map(([rule, why]) => `${rule}: ${why}`);
  const details = [...shares, ...measured, ...overridden, ...(reason === undefined ? [] : [reason])].join(
    ", ",
  );
  const took = durationMs === undefined ? "" : `${(durationMs / 1000).toFixed(1)}s`;
  return `${String(seq).padStart(4)}  ${at}  ${took.padStart(7)}  ${type.padEnd(17)} ${releaseId.padEnd(27)} ${actor.name.padEnd(10)} ${details}`.trimEnd();
}

import type { LedgerEntry } from "../ledger/entry.ts";

/** How a command ended, in the words that people saw. */
export interface End {
  readonly ok: boolean;
  /** One sentence: what happened and what serves now. */
  readonly sentence: string;
  /** What to do next; none when all is done. */
  readonly next?: string;
}

/** Markdown of what one command did: GitHub shows it with the job. Empty when it decided nothing. */
export function presentSummary(entries: readonly LedgerEntry[], { ok, sentence, next }: End): string {
  const told = entries.filter(({ type }) => !type.startsWith("lease_"));
  const [first] = told;
  if (first === undefined) return "";
  const releaseId = told.findLast((entry) => entry.releaseId !== undefined)?.releaseId ?? "";
  return [
    `### ${ok ? "✅" : "❌"} ${first.environment}: ${releaseId}`,
    "",
    escaped(sentence),
    ...(next === undefined ? [] : ["", `Next: ${escaped(next)}`]),
    "",
    "| step | result | measured | took |",
    "| --- | --- | --- | --- |",
    ...told.map(row),
    "",
    "",
  ].join("\n");
}

function row(entry: LedgerEntry): string {
  const { type, verdict, percentages, reason, exceptions, durationMs } = entry;
  const step = verdict === undefined ? type.replaceAll("_", " ") : `gate ${verdict.gate}`;
  const traffic = Object.entries(percentages ?? {}).map(([id, share]) => `${id.slice(0, 8)} ${share} %`);
  const overridden = Object.entries(exceptions ?? {}).map(([rule, why]) => `${rule}: ${why}`);
  const measured =
    verdict === undefined
      ? [...traffic, ...overridden, ...(reason === undefined ? [] : [reason])]
      : newestOfEach(verdict.measurements).map(({ probe, detail }) => `${probe}: ${detail}`);
  const took = durationMs === undefined ? "" : `${(durationMs / 1000).toFixed(1)} s`;
  return `| ${[step, verdict?.result ?? "", measured.join("; "), took].map(escaped).join(" | ")} |`;
}

function newestOfEach<T extends { readonly probe: string }>(measurements: readonly T[]): readonly T[] {
  return [...new Map(measurements.map((each) => [each.probe, each])).values()];
}

/** What people and commits wrote must not become a table's columns or markup. */
function escaped(text: string): string {
  return text.replaceAll(/[\\|<>`*_[\]]/gu, (character) => `\\${character}`).replaceAll(/\s+/gu, " ");
}

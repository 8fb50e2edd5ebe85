import type { LedgerEntry, Measurement } from "../ledger/entry.ts";

/** What the live line shows of a rollout. */
export interface LiveView {
  readonly environment: string;
  readonly releaseId: string;
  /** The candidate's share. */
  readonly percentage: number | undefined;
  /** What each probe found last: health, errors, p95. */
  readonly probes: ReadonlyMap<string, Measurement>;
}

const ENDS: readonly LedgerEntry["type"][] = [
  "proven",
  "aborted",
  "paused",
  "stuck",
  "rolled_back",
  "lease_released",
];

/** The view after an entry; undefined while no rollout runs. */
export function viewEntry(view: LiveView | undefined, entry: LedgerEntry): LiveView | undefined {
  const { type, environment, releaseId = "" } = entry;
  if (type === "planned" || type === "resumed")
    return { environment, releaseId, percentage: view?.percentage, probes: new Map() };
  if (ENDS.includes(type) || view === undefined) return undefined;
  return type === "routed" ? { ...view, percentage: lastShare(entry), probes: new Map() } : view;
}

export function viewMeasurement(view: LiveView | undefined, measurement: Measurement): LiveView | undefined {
  return view && { ...view, probes: new Map([...view.probes, [measurement.probe, measurement]]) };
}

/** One line, cut to the terminal's width. */
export function presentLive(view: LiveView, columns: number): string {
  const { environment, releaseId, percentage, probes } = view;
  const traffic = percentage === undefined ? "" : `${bar(percentage)} ${percentage} %`;
  const found = [...probes.values()].map(({ probe, result, detail }) => `${probe} ${result}: ${detail}`);
  const line = [environment, releaseId, traffic, ...found].filter((part) => part !== "").join("  ");
  return line.length < columns ? line : `${line.slice(0, Math.max(0, columns - 2))}…`;
}

/** The candidate comes last among the versions that are routed to. */
function lastShare({ percentages = {} }: LedgerEntry): number | undefined {
  return Object.values(percentages).at(-1);
}

function bar(percentage: number): string {
  const full = Math.round(percentage / 10);
  return "█".repeat(full) + "░".repeat(10 - full);
}

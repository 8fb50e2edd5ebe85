import { targetOf, type Context } from "../context.ts";
import { DeliveryError } from "../errors.ts";
import type { LedgerEntry } from "../ledger/entry.ts";
import { readLedger } from "../ledger-session.ts";

/**
 * Entries whole: one by its number, those of a rollout by its id, those of a release's newest rollout by the release's id;
 * the newest rollout's without an id.
 */
export async function show(
  context: Context,
  name: string,
  id: string | undefined,
): Promise<readonly LedgerEntry[]> {
  const { entries } = await readLedger(context.ledgers, targetOf(context, name).name);
  const found = select(entries, id);
  if (found.length > 0) return found;
  throw new DeliveryError({
    code: "USAGE",
    message: `The ledger of ${name} has no ${id === undefined ? "rollout" : `entry, rollout or release ${id}`}.`,
    hint: `See what it has: npx delivery history ${name}`,
  });
}

function select(entries: readonly LedgerEntry[], id: string | undefined): readonly LedgerEntry[] {
  if (id !== undefined && /^\d+$/u.test(id)) return entries.filter(({ seq }) => seq === Number(id));
  const rollouts = entries.filter(({ rolloutId }) => rolloutId !== "");
  const newest = rollouts.findLast(
    ({ rolloutId, releaseId }) => id === undefined || rolloutId === id || releaseId === id,
  );
  return newest === undefined ? [] : rollouts.filter(({ rolloutId }) => rolloutId === newest.rolloutId);
}

/** Every field of every entry, for a person. */
export function presentEntries(entries: readonly LedgerEntry[]): string {
  return `${entries.map((entry) => presentEntry(entry).join("\n")).join("\n\n")}\n`;
}

function presentEntry(entry: LedgerEntry): readonly string[] {
  const { seq, at, type, actor, verdict, durationMs, percentages, secrets, exceptions, plan } = entry;
  const field = (name: string, value: string | null | undefined) =>
    value === undefined || value === null || value === "" ? [] : [`      ${name.padEnd(12)} ${value}`];
  return [
    `${String(seq).padStart(4)}  ${type}  ${at}${durationMs === undefined ? "" : `  after ${(durationMs / 1000).toFixed(1)} s`}`,
    ...field("by", [actor.name, `(${actor.kind})`, actor.runUrl].filter(Boolean).join(" ")),
    ...field("process", entry.lease.owner),
    ...field("why", entry.reason),
    ...Object.entries(exceptions ?? {}).flatMap(([rule, reason]) => field("override", `${rule}: ${reason}`)),
    ...field("request", entry.request),
    ...field("rollout", entry.rolloutId),
    ...field("release", entry.releaseId),
    ...field("digest", entry.archiveSha256),
    ...field("version", entry.versionId),
    ...field("etag", entry.etag),
    ...field("deployment", entry.deploymentId),
    ...field("traffic", percentages && pairs(percentages, " %")),
    ...field("steps", plan?.steps.map((step) => `${step} %`).join(", ")),
    ...field("migrations", plan?.migrations.join(", ")),
    ...field("schema", entry.schemaVersion),
    ...field("secrets", secrets && Object.keys(secrets).join(", ")),
    ...field("gate", verdict && `${verdict.gate}: ${verdict.result}`),
    ...(verdict?.measurements ?? []).flatMap(({ probe, result, detail }) =>
      field("", `${result}  ${probe}  ${detail}`),
    ),
  ];
}

function pairs(record: Readonly<Record<string, number>>, unit: string): string {
  return Object.entries(record)
    .map(([name, value]) => `${name} ${value}${unit}`)
    .join(", ");
}

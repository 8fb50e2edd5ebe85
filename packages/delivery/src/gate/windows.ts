import type { LedgerEntry } from "../ledger/entry.ts";
import type { Deployment, MetricsWindow } from "../ports.ts";

const MINUTE_MS = 60_000;
/** The platform's metrics end where they end: until then is later than any of them. */
const OPEN_END_MS = 24 * 60 * MINUTE_MS;

/**
 * The stretches of whole minutes in which the candidate shared the traffic in one proportion, oldest first; the last one is
 * still going on. Their bounds are the platform's times of its deployments, so that this machine's clock doesn't matter.
 */
export function metricsWindows(
  entries: readonly LedgerEntry[],
  deployments: readonly Deployment[],
  candidate: string,
): readonly MetricsWindow[] {
  const routed = entries.filter(({ type }) => type === "routed");
  const times = routed.map(({ deploymentId }) => timeOf(deployments, deploymentId));
  return routed.flatMap(({ percentages }, index) => {
    const share = percentages?.[candidate] ?? 0;
    const startedMs = times[index];
    if (share <= 0 || share >= 100 || startedMs === undefined) return [];
    const endedMs = times[index + 1] ?? startedMs + OPEN_END_MS;
    // A minute in which the shares changed belongs to neither stretch.
    const from = Math.ceil(startedMs / MINUTE_MS) * MINUTE_MS;
    const until = Math.floor(endedMs / MINUTE_MS) * MINUTE_MS;
    return until > from ? [{ from: minute(from), until: minute(until) }] : [];
  });
}

function timeOf(deployments: readonly Deployment[], id: string | undefined): number | undefined {
  const found = deployments.find((deployment) => deployment.id === id);
  return found && Date.parse(found.createdAt);
}

function minute(ms: number): string {
  return new Date(ms).toISOString().replace(".000Z", "Z");
}

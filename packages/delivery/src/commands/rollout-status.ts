import type { EnvironmentState } from "../ledger/fold.ts";
import { nextCommand, replay } from "../rollout/machine.ts";
import { recordedPlan } from "../rollout/plan.ts";

/** Where an unfinished rollout is. */
export interface RolloutStatus {
  readonly id: string;
  readonly releaseId: string;
  /** `cut off`: its process is gone, and nobody has taken it over. */
  readonly state: "running" | "paused" | "cut off" | "stuck";
  /** The candidate's share as last routed. */
  readonly percentage: number;
  /** The gate that judges the candidate now; null between gates, and while no process is at it. */
  readonly gate: string | null;
  /** Why it is paused or stuck. */
  readonly reason: string | null;
}

/** The unfinished rollout of an environment; null where there is none. */
export function rolloutStatus(
  environment: string,
  { open }: Pick<EnvironmentState, "open">,
  isRunning: boolean,
): RolloutStatus | null {
  if (open === undefined) return null;
  const { entries, rolloutId: id } = open;
  const progress = replay(entries);
  const releaseId = entries[0]?.releaseId ?? "";
  const at = { id, releaseId, percentage: progress.routed ?? 0, gate: null, reason: null };
  if (progress.outcome === "stuck") {
    const reason = entries.findLast(({ type }) => type === "stuck")?.reason ?? null;
    return { ...at, state: "stuck", reason };
  }
  if (progress.paused !== undefined) return { ...at, state: "paused", reason: progress.paused };
  if (!isRunning) return { ...at, state: "cut off" };
  const plan = recordedPlan(environment, entries);
  const next = plan && nextCommand(plan, progress);
  const gate = next?.kind === "judge" || next?.kind === "verify" ? next.gate : null;
  return { ...at, state: "running", gate };
}

/** One line for a person, with what to do where no process is at it. */
export function presentRollout(
  environment: string,
  { id, releaseId, state, percentage, gate, reason }: RolloutStatus,
  lease: string | null,
): string {
  const what = `${id} of ${releaseId}`;
  const goOn = `npx delivery resume ${environment}, or abort ${environment} REASON`;
  switch (state) {
    case "running":
      return `  rollout   ${what}: candidate ${percentage} %${gate === null ? "" : `, gate ${gate}`}, held by ${lease ?? "nobody"}`;
    case "paused":
      return `  paused    ${what} at ${percentage} %, ${reason || "a person asked for it"}: ${goOn}`;
    case "cut off":
      return `  cut off   ${what} at ${percentage} %, its process is gone: ${goOn}`;
    case "stuck":
      return `  STUCK     ${what} at ${percentage} %, ${reason ?? ""}: npx delivery abort ${environment} REASON, or rollback ${environment}`;
  }
}

import type { LedgerEntry } from "../ledger/entry.ts";
import type { VersionShare } from "../ports.ts";
import type { RolloutPlan } from "./plan.ts";

/** What a rollout has done so far: a fold of its ledger entries. */
export interface RolloutProgress {
  readonly migrated: boolean;
  readonly candidate: { readonly versionId: string; readonly etag: string } | undefined;
  /** The candidate's share as last routed. */
  readonly routed: number | undefined;
  /** The highest step that passed its gate. */
  readonly passed: number | undefined;
  readonly triggersApplied: boolean;
  readonly verified: boolean;
  readonly failure: string | undefined;
  /** A gate that couldn't tell: a person has to. */
  readonly undecided: { readonly gate: string; readonly percentage: number } | undefined;
  /** What a person asked for that hasn't been done yet. */
  readonly request: { readonly kind: "pause" | "abort"; readonly reason: string } | undefined;
  /** Why it waits for a person. */
  readonly paused: string | undefined;
  readonly outcome: "proven" | "aborted" | "stuck" | undefined;
}

/** The next thing to do, as a value: whoever executes it records an entry, from which the next one follows. */
export type RolloutCommand =
  | { readonly kind: "migrate" }
  | { readonly kind: "upload" }
  | { readonly kind: "route"; readonly percentage: number; readonly shares: readonly VersionShare[] }
  | { readonly kind: "judge"; readonly gate: string; readonly percentage: number; readonly versionId: string }
  | { readonly kind: "applyTriggers" }
  | { readonly kind: "verify"; readonly gate: string; readonly versionId: string }
  | { readonly kind: "prove"; readonly versionId: string; readonly etag: string }
  | {
      readonly kind: "abort";
      readonly reason: string;
      readonly shares: readonly VersionShare[];
      /** The candidate's domains and other triggers may have been set: stable's return, or none are left. */
      readonly triggers: "leave" | "restore" | "clear";
    }
  | { readonly kind: "pause"; readonly reason: string }
  | { readonly kind: "end"; readonly outcome: "proven" | "aborted" | "stuck" | "paused" };

export const NOTHING_DONE: RolloutProgress = {
  migrated: false,
  candidate: undefined,
  routed: undefined,
  passed: undefined,
  triggersApplied: false,
  verified: false,
  failure: undefined,
  undecided: undefined,
  request: undefined,
  paused: undefined,
  outcome: undefined,
};

const VERIFY_GATE = "serving";

function judgeGate(percentage: number): string {
  return `health@${percentage}`;
}

export function foldProgress(progress: RolloutProgress, entry: LedgerEntry): RolloutProgress {
  switch (entry.type) {
    case "migrated":
      return { ...progress, migrated: true };
    case "uploaded":
      return { ...progress, candidate: { versionId: entry.versionId ?? "", etag: entry.etag ?? "" } };
    case "routed":
      return { ...progress, routed: entry.percentages?.[progress.candidate?.versionId ?? ""] ?? 0 };
    case "judged":
      return judged(progress, entry);
    case "triggers_applied":
      return { ...progress, triggersApplied: true };
    case "proven":
    case "aborted":
    case "stuck":
      return { ...progress, outcome: entry.type };
    case "requested":
      return { ...progress, request: requested(entry) };
    case "paused":
      return { ...progress, paused: entry.reason ?? "", request: undefined };
    case "resumed":
      return resumed(progress);
    case "planned":
    case "rolled_back":
    case "adopted":
    case "lease_acquired":
    case "lease_renewed":
    case "lease_released":
    case "lease_taken":
    case "locked":
    case "unlocked":
      return progress;
  }
}

/** Whoever resumes a rollout that waits for a decision has taken it: the step counts as passed. */
function resumed(progress: RolloutProgress): RolloutProgress {
  const { undecided, passed } = progress;
  return {
    ...progress,
    passed: undecided?.percentage ?? passed,
    undecided: undefined,
    paused: undefined,
    request: undefined,
  };
}

/** The rollout as far as its entries tell. */
export function replay(entries: readonly LedgerEntry[]): RolloutProgress {
  return entries.reduce(foldProgress, NOTHING_DONE);
}

function requested({ request, actor, reason }: LedgerEntry): RolloutProgress["request"] {
  const words = reason === undefined ? "" : `: ${reason}`;
  return request === undefined ? undefined : { kind: request, reason: `${actor.name} asked for it${words}` };
}

function judged(progress: RolloutProgress, { verdict }: LedgerEntry): RolloutProgress {
  if (verdict === undefined) return progress;
  // A person's request cuts a gate short.
  if (verdict.result === "inconclusive" && progress.request !== undefined) return progress;
  const { gate, result } = verdict;
  const percentage = Number(gate.split("@")[1]);
  if (result === "inconclusive" && gate !== VERIFY_GATE)
    return { ...progress, undecided: { gate, percentage } };
  if (result !== "pass") return { ...progress, failure: gate };
  if (gate === VERIFY_GATE) return { ...progress, verified: true };
  return { ...progress, passed: percentage };
}

/** Decides what comes next. Pure: the same plan and progress always give the same command. */
export function nextCommand(plan: RolloutPlan, progress: RolloutProgress): RolloutCommand {
  const { candidate } = progress;
  if (progress.outcome !== undefined) return { kind: "end", outcome: progress.outcome };
  if (progress.request?.kind === "abort") return abort(plan, progress, progress.request.reason);
  if (progress.failure !== undefined) return abort(plan, progress, `the gate ${progress.failure} failed`);
  if (progress.request?.kind === "pause") return { kind: "pause", reason: progress.request.reason };
  if (progress.paused !== undefined) return { kind: "end", outcome: "paused" };
  if (progress.undecided !== undefined)
    return { kind: "pause", reason: `the gate ${progress.undecided.gate} can't tell` };
  if (!progress.migrated && plan.migrations.length > 0) return { kind: "migrate" };
  if (candidate === undefined) return { kind: "upload" };
  const step = plan.steps.find((percentage) => percentage > (progress.passed ?? -1));
  if (step !== undefined) return towards(step, plan, { ...progress, candidate });
  if (!progress.triggersApplied) return { kind: "applyTriggers" };
  if (!progress.verified) return { kind: "verify", gate: VERIFY_GATE, versionId: candidate.versionId };
  return { kind: "prove", ...candidate };
}

function towards(
  percentage: number,
  plan: RolloutPlan,
  { candidate, routed }: RolloutProgress & { readonly candidate: NonNullable<RolloutProgress["candidate"]> },
): RolloutCommand {
  const { versionId } = candidate;
  if (routed === percentage) return { kind: "judge", gate: judgeGate(percentage), percentage, versionId };
  return { kind: "route", percentage, shares: sharesFor(versionId, percentage, plan.stable?.versionId) };
}

/** Returns all traffic to stable. A first delivery has none: its Worker stays without domains. */
export function abort(
  plan: RolloutPlan,
  progress: RolloutProgress,
  reason: string,
): Extract<RolloutCommand, { kind: "abort" }> {
  const shares = plan.stable === undefined ? [] : [{ versionId: plan.stable.versionId, percentage: 100 }];
  // Triggers follow 100 %; a process that ended there may have set them without recording it.
  const former = plan.stable === undefined ? "clear" : "restore";
  return { kind: "abort", reason, shares, triggers: progress.passed === 100 ? former : "leave" };
}

function sharesFor(
  candidate: string,
  percentage: number,
  stable: string | undefined,
): readonly VersionShare[] {
  if (percentage === 100 || stable === undefined) return [{ versionId: candidate, percentage: 100 }];
  return [
    { versionId: stable, percentage: 100 - percentage },
    { versionId: candidate, percentage },
  ];
}

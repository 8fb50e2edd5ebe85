import type { LedgerEntry } from "../ledger/entry.ts";

/** What a rollout is to do: decided once, before anything changes. */
export interface RolloutPlan {
  readonly rolloutId: string;
  readonly environment: string;
  readonly releaseId: string;
  readonly archiveSha256: string;
  /** The version that serves and stays when the candidate fails; undefined at a first delivery. */
  readonly stable: { readonly versionId: string } | undefined;
  /** Whether users reach the Worker already, or the candidate is judged on its preview address. */
  readonly address: "public" | "preview";
  /** Shares of the candidate, ascending, the last one 100. */
  readonly steps: readonly number[];
  /** Names of the migrations to apply, in order. */
  readonly migrations: readonly string[];
}

/** A first delivery has no stable version to share with, so its one step is all of the traffic. */
export function stepsFor(stable: RolloutPlan["stable"], configured: readonly number[]): readonly number[] {
  return stable === undefined ? [100] : configured;
}

/** What a rollout's entries say of its plan; undefined where they don't. */
export function recordedPlan(environment: string, entries: readonly LedgerEntry[]): RolloutPlan | undefined {
  const planned = entries.find(({ type }) => type === "planned");
  if (planned?.plan === undefined) return undefined;
  const [stable] = Object.keys(planned.percentages ?? {});
  return {
    rolloutId: planned.rolloutId,
    environment,
    releaseId: planned.releaseId ?? "",
    archiveSha256: planned.archiveSha256 ?? "",
    stable: stable === undefined ? undefined : { versionId: stable },
    ...planned.plan,
  };
}

import type { Context, Target } from "../context.ts";
import { DeliveryError } from "../errors.ts";
import type { Exceptions, LedgerEntry } from "../ledger/entry.ts";
import type { LedgerSession } from "../ledger-session.ts";
import type { Deployment } from "../ports.ts";
import type { Release } from "../release/release.ts";
import { nextCommand, replay, type RolloutProgress } from "../rollout/machine.ts";
import { recordedPlan, type RolloutPlan } from "../rollout/plan.ts";
import { refuseHeld } from "./admission.ts";
import { preflight, type Preflight } from "./preflight.ts";
import { drive, stillStuck, type Delivered } from "./rollout.ts";
import { newestDeployment } from "./serving.ts";

/**
 * Goes on with a rollout that was paused, or whose process ended, from where the ledger says it was.
 * @throws {DeliveryError} USAGE when there is none; LEASE_HELD while a person or a freeze holds the environment; DRIFT when what serves isn't what the rollout routed; as `rollOut`
 */
export async function resumeRollout(
  context: Context,
  target: Target,
  { ledger, reason, exceptions = {} }: ResumeOptions,
): Promise<Delivered> {
  const { lock, open } = ledger.state();
  const entries = open?.entries ?? [];
  const recorded = planOf(target, entries);
  // What the rollout was allowed when it began, it still is.
  const allowed = { ...entries.find(({ type }) => type === "planned")?.exceptions, ...exceptions };
  refuseHeld(context, target, { state: { lock, open: undefined }, exceptions: allowed });
  const release = await context.releases.fetch(recorded.releaseId);
  refuseOtherBytes(release, recorded);
  const progress = replay(entries);
  if (progress.outcome === "stuck") throw stillStuck(target, recorded);
  refuseDrift(target, await newestDeployment(context, target), { plan: recorded, progress });
  const checked = await checkedFor(context, target, { release, progress });
  const plan = progress.migrated ? recorded : { ...recorded, migrations: checked.pendingMigrations };
  const { rolloutId, releaseId } = plan;
  const why = {
    ...(reason !== undefined && { reason }),
    ...(Object.keys(exceptions).length > 0 && { exceptions }),
  };
  ledger.record({ rolloutId, releaseId, type: "resumed", ...why });
  await ledger.flush();
  context.reporter.say(`${target.name}: going on with ${releaseId} at ${progress.routed ?? 0} %`);
  return drive({ context, target, ledger, plan, release, checked });
}

interface ResumeOptions {
  readonly ledger: LedgerSession;
  readonly reason: string | undefined;
  /** Rules that going on overrides, and why. */
  readonly exceptions?: Exceptions;
}

function planOf(target: Target, entries: readonly LedgerEntry[]): RolloutPlan {
  const plan = recordedPlan(target.name, entries);
  if (plan !== undefined) return plan;
  throw new DeliveryError({
    code: "USAGE",
    message: `${target.name} has no unfinished rollout to go on with.`,
    hint: `See what there was: npx delivery history ${target.name}`,
  });
}

/** Only an upload needs secrets, and only migrations need the database: a rollout that is past them goes on without. */
function checkedFor(
  context: Context,
  target: Target,
  { release, progress }: { readonly release: Release; readonly progress: RolloutProgress },
): Promise<Preflight> | Preflight {
  if (progress.candidate !== undefined) return { secrets: [], fingerprints: {}, pendingMigrations: [] };
  return preflight(context, target, { release, allowContract: true });
}

function refuseOtherBytes({ manifest }: Release, { releaseId, archiveSha256 }: RolloutPlan): void {
  if (manifest.archive.sha256 === archiveSha256) return;
  throw new DeliveryError({
    code: "RELEASE_CONFLICT",
    message: `${releaseId} here has the digest ${manifest.archive.sha256.slice(0, 12)}…, but the rollout is of ${archiveSha256.slice(0, 12)}….`,
    hint: "Delete .delivery/releases so that the published one is fetched.",
  });
}

/** What serves is what was routed last, or what the process was about to route when it ended. */
function refuseDrift(
  target: Target,
  newest: Deployment | undefined,
  { plan, progress }: { readonly plan: RolloutPlan; readonly progress: RolloutProgress },
): void {
  const next = nextCommand(plan, { ...progress, paused: undefined, request: undefined });
  const expected = [sharesOf(plan, progress), ...(next.kind === "route" ? [next.shares] : [])];
  const now = formatShares(newest?.versions ?? []);
  if (expected.some((shares) => formatShares(shares) === now)) return;
  throw new DeliveryError({
    code: "DRIFT",
    message: `${target.name}: ${now || "nothing"} serves, but the rollout had routed ${formatShares(expected[0] ?? []) || "nothing"}. Someone deployed meanwhile.`,
    hint: `See both: npx delivery status ${target.name}. Take the rollout back: npx delivery abort ${target.name} REASON`,
  });
}

function sharesOf({ stable }: RolloutPlan, { candidate, routed }: RolloutProgress): Deployment["versions"] {
  const share = candidate === undefined ? undefined : routed;
  return [
    ...(stable === undefined || share === 100
      ? []
      : [{ versionId: stable.versionId, percentage: 100 - (share ?? 0) }]),
    ...(candidate === undefined || share === undefined
      ? []
      : [{ versionId: candidate.versionId, percentage: share }]),
  ];
}

function formatShares(shares: Deployment["versions"]): string {
  return shares
    .map(({ versionId, percentage }) => `${versionId.slice(0, 8)} ${percentage} %`)
    .toSorted()
    .join(" and ");
}

import type { Context, Target } from "../context.ts";
import { DeliveryError } from "../errors.ts";
import { isReleaseId } from "../ids.ts";
import type { EnvironmentState } from "../ledger/fold.ts";
import type { Deployment } from "../ports.ts";
import type { RolloutPlan } from "../rollout/plan.ts";

/** Cloudflare makes a deployment global within a couple of seconds. */
const AGREEMENT_LIMIT_MS = 15_000;
const POLL_MS = 300;

/** The newest deployment; undefined where the Worker doesn't exist or has none. */
export async function newestDeployment(
  { platform }: Context,
  target: Target,
): Promise<Deployment | undefined> {
  return (await platform.deployments(target.worker.workerName))?.at(0);
}

/**
 * Reads deployments until the newest is the one that was asked for: nothing is taken from an exit code.
 * @throws {DeliveryError} STUCK when it doesn't become so; someone else may be deploying.
 */
export async function awaitDeployment(context: Context, target: Target, id: string): Promise<void> {
  await awaitAgreement(context, async () => {
    const newest = await newestDeployment(context, target);
    if (newest?.id === id) return undefined;
    return new DeliveryError({
      code: "STUCK",
      message: `${target.name}: the deployment ${id} isn't the newest, ${newest?.id ?? "none"} is.`,
      hint: `Someone else may be deploying. See what serves: npx delivery status ${target.name}`,
    });
  });
}

/**
 * Reads the platform until it agrees with what was asked of it.
 * @throws what `disagreement` returns when the time is up; undefined is agreement
 */
export async function awaitAgreement(
  { clock }: Context,
  disagreement: () => Promise<DeliveryError | undefined>,
): Promise<void> {
  const deadlineMs = clock.monotonicMs() + AGREEMENT_LIMIT_MS;
  for (;;) {
    const error = await disagreement();
    if (error === undefined) return;
    if (clock.monotonicMs() >= deadlineMs) throw error;
    await clock.sleep(POLL_MS);
  }
}

/** Where a rollout starts from. */
export interface PresentState {
  /** The version that stays when a candidate fails; undefined where none has served users yet. */
  readonly stable: { readonly versionId: string } | undefined;
  readonly deploymentId: string | undefined;
  /** Where a candidate is asked: where users are, or on its preview URL while no user reaches the Worker. */
  readonly address: RolloutPlan["address"];
}

/**
 * What serves now: what a rollout starts from.
 * @throws {DeliveryError} DRIFT when what serves isn't what the ledger decided, or is split between versions.
 */
export async function presentState(
  context: Context,
  target: Target,
  { current }: EnvironmentState,
): Promise<PresentState> {
  const newest = await newestDeployment(context, target);
  const [share, ...others] = newest?.versions ?? [];
  if (newest === undefined || share === undefined)
    return { stable: undefined, deploymentId: newest?.id, address: "preview" };
  const { versionId } = share;
  const short = versionId.slice(0, 8);
  const deploymentId = newest.id;
  if (others.length > 0) {
    const split = newest.versions.map((each) => each.versionId.slice(0, 8)).join(" and ");
    throw drift(target, `traffic is split between ${split}. Someone deployed without delivery.`);
  }
  if (current !== undefined && current.versionId !== versionId) {
    throw drift(
      target,
      `version ${short} serves, but the ledger's last decision was ${current.versionId.slice(0, 8)} (${current.releaseId}). Someone deployed without delivery.`,
    );
  }
  if (current !== undefined) return { stable: { versionId }, deploymentId, address: "public" };
  const reached = await reach(context, target);
  const { tag } = await context.platform.version(target.worker.workerName, versionId);
  const address = reached.isPublic ? "public" : "preview";
  if (!isReleaseId(tag)) return { stable: { versionId }, deploymentId, address };
  // A first delivery that ended early leaves a version of ours that nobody has judged, nor can reach: nothing to go back to.
  if (!reached.isAnywhere) return { stable: undefined, deploymentId, address: "preview" };
  throw drift(
    target,
    `version ${short} (${tag}) serves users, but the ledger knows of no release. Was it deleted, or is it another remote's?`,
  );
}

/** Whether users reach the Worker: at the environment's own address, or anywhere. */
async function reach(
  { platform }: Context,
  { configuration, worker }: Target,
): Promise<{ readonly isPublic: boolean; readonly isAnywhere: boolean }> {
  const { domains, workersDev } = await platform.triggers(worker.workerName);
  const { hostname } = new URL(configuration.url);
  return {
    isPublic: domains.includes(hostname) || (workersDev && hostname.endsWith(".workers.dev")),
    isAnywhere: domains.length > 0 || workersDev,
  };
}

function drift({ name }: Target, what: string): DeliveryError {
  return new DeliveryError({
    code: "DRIFT",
    message: `${name}: ${what}`,
    hint: `See both: npx delivery status ${name}. Go back to what was proven: npx delivery rollback ${name}. Or take what serves as proven: npx delivery adopt ${name}`,
  });
}

import type { Context, Target } from "../context.ts";
import { DeliveryError } from "../errors.ts";
import { isReleaseId } from "../ids.ts";
import type { EnvironmentState } from "../ledger/fold.ts";
import type { Deployment } from "../ports.ts";

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
}

/**
 * What serves now: what a rollout starts from.
 * @throws {DeliveryError} DRIFT when what serves isn't what the ledger decided, or is split between versions.
 */
export async function presentState(
  context: Context,
  target: Target,
  state: EnvironmentState,
): Promise<PresentState> {
  const newest = await newestDeployment(context, target);
  const [share, ...others] = newest?.versions ?? [];
  if (newest === undefined || share === undefined) return { stable: undefined, deploymentId: newest?.id };
  const deploymentId = newest.id;
  if (others.length > 0)
    throw drift(
      target,
      `traffic is split between ${newest.versions.map(({ versionId }) => versionId.slice(0, 8)).join(" and ")}`,
    );
  if (state.current !== undefined && state.current.versionId !== share.versionId) {
    throw drift(
      target,
      `version ${share.versionId.slice(0, 8)} serves, but the ledger's last decision was ${state.current.versionId.slice(0, 8)} (${state.current.releaseId})`,
    );
  }
  if (state.current === undefined && (await isUnjudged(context, target, share.versionId)))
    return { stable: undefined, deploymentId };
  return { stable: { versionId: share.versionId }, deploymentId };
}

/** A first delivery that ended early leaves a version of ours that nobody has judged: nothing to go back to. */
async function isUnjudged({ platform }: Context, target: Target, versionId: string): Promise<boolean> {
  return isReleaseId((await platform.version(target.worker.workerName, versionId)).tag);
}

function drift(target: Target, what: string): DeliveryError {
  return new DeliveryError({
    code: "DRIFT",
    message: `${target.name}: ${what}. Someone deployed without delivery.`,
    hint: `See both: npx delivery status ${target.name}. Go back to what was proven: npx delivery rollback ${target.name}`,
  });
}

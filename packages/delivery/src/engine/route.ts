import type { Context, Target } from "../context.ts";
import { DeliveryError } from "../errors.ts";
import type { LedgerEntry } from "../ledger/entry.ts";
import type { LedgerSession } from "../ledger-session.ts";
import type { Deployment, VersionShare } from "../ports.ts";
import type { RolloutPlan } from "../rollout/plan.ts";
import { awaitAgreement, newestDeployment } from "./serving.ts";

/** One change of traffic, as part of a rollout. */
export interface Routing {
  readonly plan: Pick<RolloutPlan, "releaseId" | "rolloutId">;
  readonly ledger: LedgerSession;
  readonly shares: readonly VersionShare[];
  /** A step's percentage, or what else the change is for. */
  readonly step: string;
}

/** A write whose reply was lost and that has left no trace is sent again, so often. */
const ATTEMPTS = 3;
const REPEAT_AFTER_MS = 500;

/** Every deployment says in its message which release and rollout it belongs to, and anchors the ledger. */
export function deploymentMessage(
  plan: Pick<RolloutPlan, "releaseId" | "rolloutId">,
  step: string,
  anchor: string,
): string {
  return [plan.releaseId, plan.rolloutId, step, anchor].join(" ");
}

/**
 * Changes the traffic and reads back that it is so. Traffic that somebody else has changed meanwhile is left alone.
 * @throws {ForeignDeployment} when somebody else deployed; {DeliveryError} PLATFORM_UNAVAILABLE
 */
export async function routeTraffic(context: Context, target: Target, routing: Routing): Promise<Deployment> {
  const message = deploymentMessage(routing.plan, routing.step, routing.ledger.anchor());
  for (let attempt = 1; ; attempt += 1) {
    const before = await newestDeployment(context, target);
    refuseForeign(target, routing, before);
    if (before !== undefined && attempt > 1 && before.message === message) return before;
    const last = attempt === ATTEMPTS;
    const routed = await tryToRoute(context, target, { ...routing, message, last });
    if (routed === undefined) {
      await context.clock.sleep(REPEAT_AFTER_MS);
      continue;
    }
    const seen = await awaitOwn(context, target, { ...routing, id: routed.id });
    if (seen.kind === "own") {
      await putBack(context, target, { ...routing, overwritten: seen.deployments[1], before });
      return routed;
    }
    if (last) throw seen.error;
  }
}

/**
 * Between the look at what serves and the own write somebody else may have deployed: that is put back.
 * @throws {ForeignDeployment} when somebody has
 */
async function putBack(
  context: Context,
  target: Target,
  routing: Routing & {
    readonly overwritten: Deployment | undefined;
    readonly before: Deployment | undefined;
  },
): Promise<void> {
  const { plan, ledger, overwritten, before } = routing;
  if (overwritten === undefined || overwritten.id === before?.id) return;
  const foreign = foreignDeployment(target, routing, overwritten);
  if (foreign === undefined) return;
  const message = deploymentMessage(plan, "put-back", ledger.anchor());
  const { workerName } = target.worker;
  const made = await context.platform.route(workerName, overwritten.versions, { message, force: true });
  await awaitOwn(context, target, { ...routing, id: made.id });
  throw foreign;
}

/** Undefined where the reply was lost: whether it took effect is for the platform to tell. */
async function tryToRoute(
  { platform }: Context,
  target: Target,
  { shares, message, last }: Routing & { readonly message: string; readonly last: boolean },
): Promise<Deployment | undefined> {
  try {
    // A candidate's secrets may be newer than stable's, which is no reason to refuse a split with stable.
    return await platform.route(target.worker.workerName, shares, { message, force: true });
  } catch (error) {
    if (last || !(error instanceof DeliveryError) || error.code !== "PLATFORM_UNAVAILABLE") throw error;
    return undefined;
  }
}

/** The deployment is the newest, with those before it; or an earlier write of this rollout has come late, after it. */
type Seen =
  | { readonly kind: "own"; readonly deployments: readonly Deployment[] }
  | { readonly kind: "overtaken"; readonly error: DeliveryError };

async function awaitOwn(
  context: Context,
  target: Target,
  routing: Routing & { readonly id: string },
): Promise<Seen> {
  let deployments: readonly Deployment[] = [];
  let disagreement: DeliveryError | undefined;
  try {
    await awaitAgreement(context, async () => {
      deployments = (await context.platform.deployments(target.worker.workerName)) ?? [];
      const [newest] = deployments;
      disagreement = newest?.id === routing.id ? undefined : notNewest(target, routing.id, newest);
      if (disagreement) refuseForeign(target, routing, newest);
      return disagreement;
    });
    return { kind: "own", deployments };
  } catch (error) {
    if (disagreement === undefined || error !== disagreement) throw error;
    return { kind: "overtaken", error: disagreement };
  }
}

function notNewest(target: Target, id: string | undefined, newest: Deployment | undefined): DeliveryError {
  return new DeliveryError({
    code: "STUCK",
    message: `${target.name}: the deployment ${id ?? "of the rollout"} isn't the newest, ${newest?.id ?? "none"} is.`,
    hint: `See what serves: npx delivery status ${target.name}`,
  });
}

/**
 * Makes sure that the traffic is as the rollout has routed it last.
 * @throws {ForeignDeployment} when somebody else deployed; {DeliveryError} STUCK when an earlier write of the rollout came late
 */
export async function refuseMoved(
  context: Context,
  target: Target,
  { plan, ledger }: Pick<Routing, "plan" | "ledger">,
): Promise<void> {
  const newest = await newestDeployment(context, target);
  refuseForeign(target, { plan, ledger }, newest);
  const routed = ledger.state().open?.entries.findLast(({ type }) => type === "routed");
  // A late one that says the same does no harm.
  if (newest?.id === routed?.deploymentId || sameShares(newest, routed?.percentages)) return;
  throw notNewest(target, routed?.deploymentId, newest);
}

function sameShares(
  deployment: Deployment | undefined,
  percentages: LedgerEntry["percentages"] = {},
): boolean {
  const { versions = [] } = deployment ?? {};
  return (
    versions.length === Object.keys(percentages).length &&
    versions.every(({ versionId, percentage }) => percentages[versionId] === percentage)
  );
}

/** Somebody else has changed the traffic of a rollout that runs. Its code is DRIFT; what they put there is left alone. */
export class ForeignDeployment extends DeliveryError {}

/** @throws {ForeignDeployment} when what serves isn't what this rollout has put there, or found at its start. */
function refuseForeign(
  target: Target,
  routing: Pick<Routing, "plan" | "ledger">,
  newest: Deployment | undefined,
): void {
  const foreign = newest && foreignDeployment(target, routing, newest);
  if (foreign) throw foreign;
}

function foreignDeployment(
  target: Target,
  { plan, ledger }: Pick<Routing, "plan" | "ledger">,
  newest: Deployment,
): ForeignDeployment | undefined {
  if (isOwn(ledger.state().open?.entries ?? [], plan.rolloutId, newest)) return undefined;
  const shares = newest.versions.map(
    ({ versionId, percentage }) => `${versionId.slice(0, 8)} ${percentage} %`,
  );
  return new ForeignDeployment({
    code: "DRIFT",
    message: `${target.name}: somebody deployed without delivery during the rollout: ${shares.join(", ")} ("${newest.message}").`,
    hint: `It was left as it is. See what serves: npx delivery status ${target.name}. Go back to what was proven: npx delivery rollback ${target.name}`,
  });
}

function isOwn(entries: readonly LedgerEntry[], rolloutId: string, { id, message }: Deployment): boolean {
  const known = entries.some(({ deploymentId }) => deploymentId === id);
  // One whose reply was lost is known by its message only.
  return known || message.split(" ")[1] === rolloutId;
}

import { randomBytes } from "node:crypto";
import { PlatformRefusal, SECRETS_HAVE_CHANGED } from "../adapters/cloudflare-api.ts";
import type { Context, Target } from "../context.ts";
import { DeliveryError } from "../errors.ts";
import type { Verdict } from "../ledger/entry.ts";
import type { ProvenRelease } from "../ledger/fold.ts";
import type { LedgerSession } from "../ledger-session.ts";
import type { Deployment } from "../ports.ts";
import { judgeHealth } from "./gate.ts";
import { recordUnrecorded } from "./reconcile.ts";
import { flushIfReachable } from "./record.ts";
import { judgeUnrouted, routeBack } from "./route-back.ts";
import { chooseRollback } from "./rollback-target.ts";
import type { Delivered } from "./rollout.ts";
import { awaitDeployment } from "./serving.ts";
import { restoreTriggers } from "./triggers.ts";
import { uploadAgain, type UploadAgain } from "./upload-again.ts";

export interface RollbackOptions {
  readonly ledger: LedgerSession;
  /** A release to go back to, instead of the last one that was proven. */
  readonly to: string | undefined;
  /** Why older secrets may come back with the older version. */
  readonly withOldSecrets: string | undefined;
}

/** A rollback on its way. */
interface Rollback {
  readonly context: Context;
  readonly target: Target;
  readonly options: RollbackOptions;
  readonly rolloutId: string;
  readonly release: ProvenRelease;
  /** A migration that takes something away was applied since the release was proven. */
  readonly contractSince: string | undefined;
  readonly newest: Deployment;
}

/**
 * Returns an environment to a release that it has proven, and verifies that this very version answers.
 * Needs neither database nor metrics nor git: what the ledger can't tell is inferred from the platform.
 * @throws {DeliveryError} NOTHING_TO_ROLL_BACK_TO; GATE_FAILED while what served serves on; STUCK when the release doesn't answer
 * healthy afterwards.
 */
export async function rollBack(
  context: Context,
  target: Target,
  options: RollbackOptions,
): Promise<Delivered> {
  const { ledger, to } = options;
  const deployments = (await context.platform.deployments(target.worker.workerName)) ?? [];
  const [newest] = deployments;
  if (newest === undefined) throw nothingServes(target);
  await recordUnrecorded(context, target, { ledger, newest });
  const chosen = await chooseRollback(context, target, { state: ledger.state(), deployments, to });
  const rolloutId = `o-${randomBytes(6).toString("hex")}`;
  context.reporter.say(`${target.name}: rolling back to ${chosen.release.releaseId}`);
  const rollback: Rollback = { context, target, options, rolloutId, newest, ...chosen };
  const { deployment, release } = serves(newest, chosen.release)
    ? { deployment: newest, release: chosen.release }
    : await goBack(rollback);
  await awaitDeployment(context, target, deployment.id);
  const verdict = await verify(rollback, release, deployment);
  await recordBack(rollback, { deployment, release, verdict });
  const { versionId, etag, releaseId, archiveSha256 } = release;
  if (verdict.result === "pass") {
    await restoreTriggers(context, target, releaseId);
    const { url } = target.configuration;
    return { environment: target.name, url, releaseId, archiveSha256, versionId, etag };
  }
  throw new DeliveryError({
    code: "STUCK",
    message: `${target.name}: ${releaseId} serves again, but doesn't answer healthy: ${verdict.measurements.at(-1)?.detail ?? "no answer"}.`,
    hint: "The code is back; look at what it depends on: database, bucket, secrets. docs/runbook.md has the steps.",
  });
}

async function verify(
  { context, target }: Rollback,
  { versionId, silent }: ProvenRelease,
  deployment: Deployment,
): Promise<Verdict> {
  const gate = "rolled-back";
  if (silent) {
    const detail = `the deployment ${deployment.id} is the newest; the version has no health report to ask for`;
    return { gate, result: "pass", measurements: [{ probe: gate, result: "pass", detail }] };
  }
  const verdict = await judgeHealth(context, target, { gate, versionId, pinned: false });
  context.reporter.say(`        gate ${gate}: ${verdict.result}`);
  return verdict;
}

/** The traffic has been returned: a ledger that can't be reached any more is no reason to fail. */
async function recordBack(
  { context, rolloutId, options: { ledger, withOldSecrets } }: Rollback,
  {
    deployment,
    release: { releaseId, versionId, etag, archiveSha256, secrets },
    verdict,
  }: { readonly deployment: Deployment; readonly release: ProvenRelease; readonly verdict: Verdict },
): Promise<void> {
  ledger.record({
    rolloutId,
    type: "rolled_back",
    releaseId,
    versionId,
    etag,
    archiveSha256,
    deploymentId: deployment.id,
    percentages: { [versionId]: 100 },
    secrets: { ...secrets },
    verdict,
    ...(withOldSecrets !== undefined && { reason: withOldSecrets }),
  });
  await flushIfReachable(context, ledger);
}

function serves(newest: Deployment, { versionId }: ProvenRelease): boolean {
  return newest.versions.length === 1 && newest.versions[0]?.versionId === versionId;
}

/** Routes to the version that was proven; where the platform doesn't take it, to the same bytes with today's secrets. */
async function goBack(
  rollback: Rollback,
): Promise<{ readonly deployment: Deployment; readonly release: ProvenRelease }> {
  const { context, target, release, rolloutId, newest, contractSince, options } = rollback;
  const { ledger, withOldSecrets } = options;
  const force = withOldSecrets !== undefined;
  const request = { release, rolloutId, ledger, newest, force };
  try {
    if (contractSince !== undefined) {
      context.reporter.say(
        `        since then a migration took something away (${contractSince}): asking the release before it gets traffic`,
      );
      await judgeUnrouted(context, target, request);
    }
    return { release, deployment: await routeBack(context, target, request) };
  } catch (error) {
    const why = await refusedFor(context, target, { release, error });
    if (why === undefined) throw error;
    return uploadAgain(context, target, { ...request, why }).catch((failure: unknown) => {
      throw noArchive(target, { release, why, failure });
    });
  }
}

/**
 * Why the platform doesn't take the version that was proven: it would bring old secrets back unasked, or so many were uploaded
 * since that it can't be deployed any more, for which Cloudflare documents no code.
 */
async function refusedFor(
  { platform }: Context,
  target: Target,
  { release, error }: { readonly release: ProvenRelease; readonly error: unknown },
): Promise<UploadAgain["why"] | undefined> {
  if (!(error instanceof PlatformRefusal)) return undefined;
  if (error.platformCode === SECRETS_HAVE_CHANGED) return "secrets have changed since";
  const deployable = await platform.versions(target.worker.workerName);
  return deployable.some(({ id }) => id === release.versionId)
    ? undefined
    : "its version can't be deployed any more";
}

function noArchive(
  target: Target,
  refused: {
    readonly release: ProvenRelease;
    readonly why: UploadAgain["why"];
    readonly failure: unknown;
  },
): unknown {
  const { release, why, failure } = refused;
  if (!(failure instanceof DeliveryError) || failure.code !== "RELEASE_UNKNOWN") return failure;
  const older = `an older release: npx delivery rollback ${target.name} --to RELEASE`;
  return new DeliveryError({
    code: "RELEASE_UNKNOWN",
    message: `${target.name}: ${release.releaseId} can't be uploaded again, as its archive is nowhere (${why}); what served serves on.`,
    hint:
      why === "secrets have changed since"
        ? `If the secrets of that time still work: npx delivery rollback ${target.name} --with-old-secrets REASON. Otherwise ${older}`
        : `Take ${older}. Or roll forward with a corrected one`,
    cause: failure,
  });
}

function nothingServes(target: Target): DeliveryError {
  return new DeliveryError({
    code: "NOTHING_TO_ROLL_BACK_TO",
    message: `${target.name}: the Worker ${target.worker.workerName} has never served anything.`,
    hint: `Deliver a release: npx delivery --help`,
  });
}

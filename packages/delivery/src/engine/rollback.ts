import { randomBytes } from "node:crypto";
import { PlatformRefusal, SECRETS_HAVE_CHANGED } from "../adapters/cloudflare-api.ts";
import type { Context, Target } from "../context.ts";
import { DeliveryError } from "../errors.ts";
import type { Verdict } from "../ledger/entry.ts";
import { parseAnchor } from "../ledger/anchor.ts";
import type { ProvenRelease } from "../ledger/fold.ts";
import type { LedgerSession } from "../ledger-session.ts";
import type { Release } from "../release/release.ts";
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
  /** What it takes the place of; undefined where no deployment tells. */
  readonly left: string | undefined;
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
  const left = leftRelease(deployments, { target: chosen.release, proven: ledger.state().proven });
  const rollback: Rollback = { context, target, options, rolloutId, newest, left, ...chosen };
  const back = serves(newest, chosen.release)
    ? { deployment: newest, release: chosen.release }
    : await goBack(rollback);
  await awaitDeployment(context, target, back.deployment.id);
  return finish(rollback, back);
}

/** The release that had all traffic before, by the platform's deployments. */
function leftRelease(
  deployments: readonly Deployment[],
  known: { readonly target: ProvenRelease; readonly proven: readonly ProvenRelease[] },
): string | undefined {
  const { target, proven } = known;
  const left = deployments.find(
    ({ versions: [only, ...more] }) => more.length === 0 && only?.versionId !== target.versionId,
  );
  if (left === undefined) return undefined;
  // What an abort routed has the name of the candidate that it took back.
  const release = proven.findLast(({ versionId }) => versionId === left.versions[0]?.versionId);
  return release?.releaseId ?? parseAnchor(left.message)?.releaseId;
}

/** A release that has all traffic again, and the deployment that gave it. */
interface Back {
  readonly deployment: Deployment;
  readonly release: ProvenRelease;
}

/** Visitors may not reach the release before its domains are back: they come before the question whether it answers. */
async function finish(rollback: Rollback, { deployment, release }: Back): Promise<Delivered> {
  const { context, target, left } = rollback;
  const restored = await restoreTriggers(context, target, { releaseId: release.releaseId, left }).then(
    (archived) => ({ archived, failure: undefined }),
    (failure: unknown) => ({ archived: undefined, failure }),
  );
  const known = { ...release, archiveSha256: digestOf(release, restored.archived) };
  const verdict = await verify(rollback, known, deployment);
  const whole = restored.failure === undefined ? verdict : withoutTriggers(verdict, restored.failure);
  await recordBack(rollback, { deployment, release: known, verdict: whole });
  if (whole.result !== "pass") throw notWhole(target, known, { verdict, whole, cause: restored.failure });
  const { versionId, etag, releaseId, archiveSha256 } = known;
  const { url } = target.configuration;
  return { environment: target.name, url, releaseId, archiveSha256, versionId, etag };
}

/** A release that was inferred from the platform has its digest in its archive only. */
function digestOf({ archiveSha256 }: ProvenRelease, archived: Release | undefined): string {
  return archiveSha256 === "" ? (archived?.manifest.archive.sha256 ?? "") : archiveSha256;
}

/** The version answers, and yet the rollback isn't done: the next one finishes it. */
function withoutTriggers({ gate, measurements }: Verdict, failure: unknown): Verdict {
  const detail = failure instanceof Error ? failure.message : String(failure);
  return {
    gate,
    result: "fail",
    measurements: [...measurements, { probe: "triggers", result: "fail", detail }],
  };
}

function notWhole(
  target: Target,
  { releaseId }: ProvenRelease,
  { verdict, whole, cause }: { readonly verdict: Verdict; readonly whole: Verdict; readonly cause: unknown },
): DeliveryError {
  const detail = whole.measurements.at(-1)?.detail ?? "no answer";
  if (cause === undefined) {
    return new DeliveryError({
      code: "STUCK",
      message: `${target.name}: ${releaseId} serves again, but doesn't answer healthy: ${detail}.`,
      hint: `The code is back; look at what it depends on: database, bucket, secrets. docs/runbook.md has the steps. Then ask it again: npx delivery rollback ${target.name} --to ${releaseId}. Or go back further: --to another release`,
    });
  }
  const healthy = verdict.result === "pass" ? "and answers healthy" : "but doesn't answer healthy";
  return new DeliveryError({
    code: "STUCK",
    message: `${target.name}: ${releaseId} serves again ${healthy}, but its domains and other triggers could not be restored: ${detail.replace(/\.$/u, "")}.`,
    hint: `Finish it: npx delivery rollback ${target.name} --to ${releaseId}`,
    cause,
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
  }: Back & { readonly verdict: Verdict },
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
async function goBack(rollback: Rollback): Promise<Back> {
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

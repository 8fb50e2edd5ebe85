import { randomBytes } from "node:crypto";
import { PlatformRefusal, SECRETS_HAVE_CHANGED } from "../adapters/cloudflare-api.ts";
import type { Context, Target } from "../context.ts";
import { DeliveryError } from "../errors.ts";
import { rollbackTarget, type EnvironmentState, type ProvenRelease } from "../ledger/fold.ts";
import type { LedgerSession } from "../ledger-session.ts";
import type { Deployment } from "../ports.ts";
import { deploymentMessage } from "./execute.ts";
import { judgeHealth } from "./gate.ts";
import type { Delivered } from "./rollout.ts";
import { awaitDeployment, newestDeployment } from "./serving.ts";
import { restoreTriggers } from "./triggers.ts";
import { uploadAgain } from "./upload-again.ts";

export interface RollbackOptions {
  readonly ledger: LedgerSession;
  /** A release to go back to, instead of the last one that was proven. */
  readonly to: string | undefined;
  /** Why older secrets may come back with the older version. */
  readonly withOldSecrets: string | undefined;
}

/**
 * Returns an environment to a release that it has proven, and verifies that this very version answers.
 * @throws {DeliveryError} NOTHING_TO_ROLL_BACK_TO; STUCK when the release doesn't answer healthy afterwards.
 */
export async function rollBack(
  context: Context,
  target: Target,
  options: RollbackOptions,
): Promise<Delivered> {
  const { ledger } = options;
  const newest = await newestDeployment(context, target);
  const chosen = chooseTarget(target, ledger.state(), { newest, to: options.to });
  const rolloutId = `o-${randomBytes(6).toString("hex")}`;
  context.reporter.say(`${target.name}: rolling back to ${chosen.releaseId}`);
  if (newest === undefined) throw new Error("the Worker has no deployment");
  const { deployment, release } = serves(newest, chosen)
    ? { deployment: newest, release: chosen }
    : await goBack(context, target, { release: chosen, rolloutId, options, newest });
  await awaitDeployment(context, target, deployment.id);
  const { versionId, etag, releaseId, archiveSha256, secrets } = release;
  const verdict = await judgeHealth(context, target, { gate: "rolled-back", versionId, pinned: false });
  context.reporter.say(`        gate rolled-back: ${verdict.result}`);
  ledger.record({
    rolloutId,
    type: "rolled_back",
    releaseId,
    versionId,
    etag,
    archiveSha256,
    deploymentId: deployment.id,
    percentages: { [versionId]: 100 },
    secrets,
    verdict,
    ...(options.withOldSecrets !== undefined && { reason: options.withOldSecrets }),
  });
  await ledger.flush();
  if (verdict.result === "pass") {
    await restoreTriggers(context, target, releaseId);
    return {
      environment: target.name,
      url: target.configuration.url,
      releaseId,
      archiveSha256,
      versionId,
      etag,
    };
  }
  throw new DeliveryError({
    code: "STUCK",
    message: `${target.name}: ${releaseId} serves again, but doesn't answer healthy: ${verdict.measurements.at(-1)?.detail ?? "no answer"}.`,
    hint: "The code is back; look at what it depends on: database, bucket, secrets. docs/runbook.md has the steps.",
  });
}

function chooseTarget(
  target: Target,
  state: EnvironmentState,
  { newest, to }: { readonly newest: Deployment | undefined; readonly to: string | undefined },
): ProvenRelease {
  const [share, ...others] = newest?.versions ?? [];
  const serving = others.length === 0 ? share?.versionId : undefined;
  const found =
    to === undefined
      ? rollbackTarget(state, serving)
      : state.proven.findLast(({ releaseId }) => releaseId === to);
  if (found) return found;
  const what = to === undefined ? "no earlier release that was proven" : `never proven ${to}`;
  throw new DeliveryError({
    code: "NOTHING_TO_ROLL_BACK_TO",
    message: `${target.name} has ${what}.`,
    hint: `See what there is: npx delivery history ${target.name}`,
  });
}

function serves(newest: Deployment | undefined, { versionId }: ProvenRelease): boolean {
  return newest?.versions.length === 1 && newest.versions[0]?.versionId === versionId;
}

/** Routes to the version that was proven; where that would bring old secrets back unasked, to the same bytes with today's. */
async function goBack(
  context: Context,
  target: Target,
  {
    release,
    rolloutId,
    options: { ledger, withOldSecrets },
    newest,
  }: {
    readonly release: ProvenRelease;
    readonly rolloutId: string;
    readonly options: RollbackOptions;
    readonly newest: Deployment;
  },
): Promise<{ readonly deployment: Deployment; readonly release: ProvenRelease }> {
  const { releaseId, versionId } = release;
  const message = deploymentMessage({ releaseId, rolloutId }, "rollback", ledger.anchor());
  const shares = [{ versionId, percentage: 100 }];
  const force = withOldSecrets !== undefined;
  context.reporter.say(`        routing 100 % to version ${versionId.slice(0, 8)}`);
  try {
    const { workerName } = target.worker;
    return { release, deployment: await context.platform.route(workerName, shares, { message, force }) };
  } catch (error) {
    if (!(error instanceof PlatformRefusal) || error.platformCode !== SECRETS_HAVE_CHANGED) throw error;
    return uploadAgain(context, target, { release, rolloutId, ledger, newest });
  }
}

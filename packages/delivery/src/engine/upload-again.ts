import type { Context, Target } from "../context.ts";
import { DeliveryError } from "../errors.ts";
import type { ProvenRelease } from "../ledger/fold.ts";
import type { LedgerSession } from "../ledger-session.ts";
import type { Deployment, VersionShare } from "../ports.ts";
import { deploymentMessage } from "./route.ts";
import { judgeHealth } from "./gate.ts";
import { routeRelease } from "./route-back.ts";
import { uploadOnce } from "./upload-once.ts";

/** A proven release that is to serve again with the secrets that serve now. */
export interface UploadAgain {
  readonly release: ProvenRelease;
  readonly rolloutId: string;
  readonly ledger: LedgerSession;
  readonly newest: Deployment;
}

/**
 * Uploads a proven release's archive once more, its secrets inherited from the version that serves, judges it at 0 % and
 * routes all traffic to it.
 * @returns the deployment, and the release as the version that it now is
 * @throws {DeliveryError} GATE_FAILED while what served serves on; DRIFT when the bytes differ from those that were proven;
 * RELEASE_UNKNOWN when the archive is nowhere.
 */
export async function uploadAgain(
  context: Context,
  target: Target,
  { release, rolloutId, ledger, newest }: UploadAgain,
): Promise<{ readonly deployment: Deployment; readonly release: ProvenRelease }> {
  const say = (line: string) => context.reporter.say(`        ${line}`);
  const serving = mostServing(newest);
  const request = { release, rolloutId, ledger, newest, force: true };
  const route = (shares: readonly VersionShare[], step: string) =>
    routeRelease(context, target, { ...request, shares, step });

  say(`secrets have changed since: uploading it again with those of version ${serving.slice(0, 8)}`);
  const archived = await context.releases.fetch(release.releaseId);
  const message = deploymentMessage({ releaseId: release.releaseId, rolloutId }, "upload", ledger.anchor());
  const { workerEnv } = target.configuration;
  const { versionId } = await uploadOnce(context, target, {
    message,
    exists: true,
    upload: () =>
      context.uploader.uploadInheriting({ release: archived, workerEnv, message, inheritFrom: serving }),
  });
  const { etag } = await context.platform.version(target.worker.workerName, versionId);
  if (etag !== release.etag) throw otherBytes(target, release, versionId);
  await route(
    [
      { versionId: serving, percentage: 100 },
      { versionId, percentage: 0 },
    ],
    "0",
  );
  const verdict = await judgeHealth(context, target, { gate: "health@0", versionId, pinned: true });
  say(`gate health@0: ${verdict.result}`);
  if (verdict.result !== "pass") {
    await route([{ versionId: serving, percentage: 100 }], "abort");
    throw new DeliveryError({
      code: "GATE_FAILED",
      message: `${target.name}: ${release.releaseId} doesn't answer healthy with today's secrets: ${verdict.measurements.at(-1)?.detail ?? "no answer"}; version ${serving.slice(0, 8)} serves on.`,
      hint: `If the old secrets still work: npx delivery rollback ${target.name} --with-old-secrets REASON`,
    });
  }
  say(`routing 100 % to version ${versionId.slice(0, 8)}`);
  const deployment = await route([{ versionId, percentage: 100 }], "rollback");
  const { secrets } = ledger.state().proven.findLast((each) => each.versionId === serving) ?? release;
  return { deployment, release: { ...release, versionId, etag, secrets } };
}

function mostServing({ versions }: Deployment): string {
  const [most] = versions.toSorted((a, b) => b.percentage - a.percentage);
  if (most === undefined) throw new Error("the deployment names no version");
  return most.versionId;
}

function otherBytes(target: Target, release: ProvenRelease, versionId: string): DeliveryError {
  return new DeliveryError({
    code: "DRIFT",
    message: `${target.name}: uploaded again, ${release.releaseId} has other bytes (version ${versionId.slice(0, 8)}) than were proven; nothing was routed to it.`,
    hint: `If the old secrets still work: npx delivery rollback ${target.name} --with-old-secrets REASON`,
  });
}

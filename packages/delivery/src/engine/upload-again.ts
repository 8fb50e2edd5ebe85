import { PlatformRefusal } from "../adapters/cloudflare-api.ts";
import type { Context, Target } from "../context.ts";
import { DeliveryError } from "../errors.ts";
import type { ProvenRelease } from "../ledger/fold.ts";
import type { LedgerSession } from "../ledger-session.ts";
import type { Deployment, VersionShare } from "../ports.ts";
import { deploymentMessage } from "./route.ts";
import { judgeHealth } from "./gate.ts";
import { flushIfReachable } from "./record.ts";
import { routeRelease } from "./route-back.ts";
import { uploadOnce } from "./upload-once.ts";

/** A proven release that is to serve again with the secrets that serve now. */
export interface UploadAgain {
  readonly release: ProvenRelease;
  readonly rolloutId: string;
  readonly ledger: LedgerSession;
  readonly newest: Deployment;
  /** Why the version that was proven isn't taken. */
  readonly why: "secrets have changed since" | "its version can't be deployed any more";
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
  { release, rolloutId, ledger, newest, why }: UploadAgain,
): Promise<{ readonly deployment: Deployment; readonly release: ProvenRelease }> {
  const say = (line: string) => context.reporter.say(`        ${line}`);
  const serving = mostServing(newest);
  const request = { release, rolloutId, ledger, newest, force: true };
  const route = (shares: readonly VersionShare[], step: string) =>
    routeRelease(context, target, { ...request, shares, step });

  say(`${why}: uploading it again with the secrets of version ${serving.slice(0, 8)}`);
  const archived = await context.releases.fetch(release.releaseId);
  const message = deploymentMessage({ releaseId: release.releaseId, rolloutId }, "upload", ledger.anchor());
  const { workerEnv } = target.configuration;
  const { versionId } = await uploadOnce(context, target, {
    message,
    upload: () =>
      context.uploader.uploadInheriting({ release: archived, workerEnv, message, inheritFrom: serving }),
  });
  const { etag } = await context.platform.version(target.worker.workerName, versionId);
  if (etag !== release.etag) throw otherBytes(target, release, versionId);
  const { releaseId, archiveSha256 } = release;
  // Its deployments name the rollout, which the ledger must know even if this process ends here.
  ledger.record({ rolloutId, releaseId, type: "uploaded", versionId, etag, archiveSha256 });
  await flushIfReachable(context, ledger);
  const stay = { versionId: serving, percentage: 100 };
  const address = await addressOf(context, target, {
    versionId,
    route: () => route([stay, { versionId, percentage: 0 }], "0"),
  });
  const verdict = await judgeHealth(context, target, {
    gate: "health@0",
    versionId,
    pinned: true,
    ...address,
  });
  say(`gate health@0: ${verdict.result}`);
  if (verdict.result !== "pass") {
    if (address.baseUrl === undefined) await route([stay], "abort");
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

/**
 * Where the uploaded version can be asked: at the environment's own address once it has 0 % of the traffic, and at its own
 * where the version that serves is too old to be deployed beside another.
 */
async function addressOf(
  { platform }: Context,
  target: Target,
  { versionId, route }: { readonly versionId: string; readonly route: () => Promise<unknown> },
): Promise<{ readonly baseUrl?: string }> {
  try {
    await route();
    return {};
  } catch (error) {
    if (!(error instanceof PlatformRefusal)) throw error;
    const baseUrl = await platform.previewUrl(target.worker.workerName, versionId);
    if (baseUrl === undefined) throw error;
    return { baseUrl };
  }
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

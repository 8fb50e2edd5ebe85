import { randomBytes } from "node:crypto";
import type { Context, Target } from "../context.ts";
import { DeliveryError } from "../errors.ts";
import { lacksReport } from "../gate/health.ts";
import type { LedgerSession } from "../ledger-session.ts";
import type { Version } from "../ports.ts";
import { judgeHealth } from "./gate.ts";
import { newestDeployment } from "./serving.ts";

/** What serves, although no delivery brought it. */
export interface Adoptable {
  readonly version: Version;
  /** Its tag, where that names a release; otherwise a name after its version. */
  readonly releaseId: string;
  /** The ledger has it as its last decision already. */
  readonly known: boolean;
}

export interface Adopted {
  readonly environment: string;
  readonly releaseId: string;
  readonly versionId: string;
  readonly etag: string;
  /** Whether it answers with a health report of its own: a rollback to it is verified by it, or else by the deployment only. */
  readonly healthy: boolean;
  /** What it answered instead; undefined where it is healthy. */
  readonly trouble: string | undefined;
  /** It has no health report at all, so that nothing is known of its health. */
  readonly silent: boolean;
}

/** A tag that can stand for a release in a deployment's message. */
const NAME = /^\S+$/u;

/** @throws {DeliveryError} DRIFT when traffic is split, USAGE when nothing serves */
export async function findAdoptable(
  context: Context,
  target: Target,
  current: { readonly versionId: string } | undefined,
): Promise<Adoptable> {
  const [share, ...others] = (await newestDeployment(context, target))?.versions ?? [];
  if (share === undefined) {
    throw new DeliveryError({
      code: "USAGE",
      message: `${target.name}: the Worker ${target.worker.workerName} serves nothing that could be adopted.`,
      hint: `The first delivery makes it: npx delivery deploy ${target.name}`,
    });
  }
  if (others.length > 0) {
    throw new DeliveryError({
      code: "DRIFT",
      message: `${target.name}: traffic is split between versions, so none of them is what serves.`,
      hint: `Decide for one: npx wrangler versions deploy VERSION@100% --name ${target.worker.workerName}`,
    });
  }
  const version = await context.platform.version(target.worker.workerName, share.versionId);
  const releaseId = NAME.test(version.tag) ? version.tag : `adopted-${version.id.slice(0, 8)}`;
  return { version, releaseId, known: current?.versionId === version.id };
}

/** Records what serves as proven, so that a rollback can return to it. Nothing on the platform changes. */
export async function adopt(
  context: Context,
  target: Target,
  { ledger, adoptable }: { readonly ledger: LedgerSession; readonly adoptable: Adoptable },
): Promise<Adopted> {
  const { open } = ledger.state();
  if (open !== undefined) {
    throw new DeliveryError({
      code: "USAGE",
      message: `${target.name} has an unfinished rollout, so what serves isn't settled.`,
      hint: `Finish it: npx delivery resume ${target.name}, or npx delivery abort ${target.name} REASON`,
    });
  }
  const { version, releaseId } = adoptable;
  const { id: versionId, etag } = version;
  const verdict = await judgeHealth(context, target, { gate: "adopted", versionId, pinned: false });
  ledger.record({
    rolloutId: `o-${randomBytes(6).toString("hex")}`,
    type: "adopted",
    releaseId,
    versionId,
    etag,
    percentages: { [versionId]: 100 },
    verdict,
    reason: `it served already: ${version.message || "no message"}`,
  });
  await ledger.flush();
  const healthy = verdict.result === "pass";
  const trouble = healthy ? undefined : (verdict.measurements.at(-1)?.detail ?? "no answer");
  return {
    environment: target.name,
    releaseId,
    versionId,
    etag,
    healthy,
    trouble,
    silent: lacksReport(verdict),
  };
}

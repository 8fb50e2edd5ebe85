import type { Deployment } from "../ports.ts";
import { parseAnchor } from "./anchor.ts";

/** A release that served all users, as far as deployments tell without a ledger. */
export interface InferredRelease {
  readonly releaseId: string;
  readonly versionId: string;
  readonly rolloutId: string;
}

/**
 * What deliveries brought to all users and no abort or rollback took away again, oldest first, out of the platform's list
 * (newest first), which forgets old deployments.
 */
function inferProven(deployments: readonly Deployment[]): readonly InferredRelease[] {
  return deployments.toReversed().reduce(follow, []);
}

function follow(proven: readonly InferredRelease[], deployment: Deployment): readonly InferredRelease[] {
  const anchor = parseAnchor(deployment.message);
  const [share, ...others] = deployment.versions;
  if (anchor === undefined || share === undefined) return proven;
  const { releaseId, rolloutId, step } = anchor;
  const { versionId } = share;
  if (step === "abort") return proven.filter((each) => each.rolloutId !== rolloutId);
  if (others.length > 0) return proven;
  if (step === "rollback") {
    const back = proven.findLast((each) => each.releaseId === releaseId);
    const kept = proven.slice(0, -1).filter((each) => each !== back);
    return [...kept, { releaseId, versionId, rolloutId }];
  }
  return step === "100" ? [...proven, { releaseId, versionId, rolloutId }] : proven;
}

/**
 * Where to go back to without a ledger: the newest such release other than the one that serves; where something else
 * serves, or traffic is split, the newest one.
 */
export function inferTarget(
  deployments: readonly Deployment[],
  to: string | undefined,
): InferredRelease | undefined {
  const proven = inferProven(deployments);
  if (to !== undefined) return proven.findLast(({ releaseId }) => releaseId === to);
  const [share, ...others] = deployments[0]?.versions ?? [];
  const current = proven.at(-1);
  const serves = others.length === 0 && current !== undefined && share?.versionId === current.versionId;
  return serves ? proven.findLast(({ releaseId }) => releaseId !== current.releaseId) : current;
}

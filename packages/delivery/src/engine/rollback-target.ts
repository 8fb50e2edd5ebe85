import type { Context, Target } from "../context.ts";
import { DeliveryError } from "../errors.ts";
import { contractSince, rollbackTarget, type EnvironmentState, type ProvenRelease } from "../ledger/fold.ts";
import { inferTarget } from "../ledger/infer.ts";
import type { Deployment } from "../ports.ts";

interface Choice {
  readonly state: EnvironmentState;
  /** Newest first. */
  readonly deployments: readonly Deployment[];
  readonly to: string | undefined;
}

/**
 * The release to return to, by the ledger; where that knows of no release at all, by the platform's deployments.
 * @throws {DeliveryError} NOTHING_TO_ROLL_BACK_TO
 */
export async function chooseRollback(
  context: Context,
  target: Target,
  choice: Choice,
): Promise<{ readonly release: ProvenRelease; readonly contractSince: string | undefined }> {
  const { state, deployments, to } = choice;
  if (state.proven.length === 0) {
    const release = await inferred(context, target, choice);
    return { release, contractSince: undefined };
  }
  // Another version at 0 % beside it is one that a gate asks.
  const serving = deployments[0]?.versions.find(({ percentage }) => percentage === 100)?.versionId;
  const release =
    to === undefined
      ? rollbackTarget(state, serving)
      : state.proven.findLast(({ releaseId }) => releaseId === to);
  if (release === undefined)
    throw nothing(target, to === undefined ? "no earlier release that was proven" : `never proven ${to}`);
  return { release, contractSince: contractSince(state, release) };
}

async function inferred(
  context: Context,
  target: Target,
  { deployments, to }: Choice,
): Promise<ProvenRelease> {
  const found = inferTarget(deployments, to);
  if (found === undefined)
    throw nothing(target, "neither a ledger nor a deployment that tells which release served before");
  context.reporter.say(
    `${target.name}: no ledger tells what was proven; the platform's last ${deployments.length} deployments are taken instead (inferred)`,
  );
  const { releaseId, versionId } = found;
  const { etag } = await context.platform.version(target.worker.workerName, versionId);
  return {
    releaseId,
    versionId,
    etag,
    archiveSha256: "",
    secrets: {},
    provenAt: "",
    seq: 0,
    abandoned: false,
    silent: false,
    exceptions: {},
  };
}

function nothing(target: Target, what: string): DeliveryError {
  return new DeliveryError({
    code: "NOTHING_TO_ROLL_BACK_TO",
    message: `${target.name} has ${what}.`,
    hint: `See what there is: npx delivery history ${target.name}, npx wrangler deployments list --name ${target.worker.workerName}`,
  });
}

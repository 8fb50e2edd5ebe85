import { targetOf, withLease, type Context } from "../context.ts";
import { rollOut, type Delivered } from "../engine/rollout.ts";
import { DeliveryError } from "../errors.ts";
import type { ProvenRelease } from "../ledger/fold.ts";
import { readLedger } from "../ledger-session.ts";
import type { DeployOptions } from "./deploy.ts";

/** Delivers the very bytes that the environment before has proven: what serves there, unless a release is named. */
export async function promote(
  context: Context,
  name: string,
  { release: id, exceptions }: DeployOptions,
): Promise<Delivered> {
  const target = targetOf(context, name);
  const { provenBy } = target.configuration;
  if (provenBy === undefined) {
    throw new DeliveryError({
      code: "USAGE",
      message: `${name} is not promoted to: no environment proves releases for it.`,
      hint: `Deliver to it directly: npx delivery deploy ${name}`,
    });
  }
  const proven = await provenRelease(context, provenBy, id);
  const release = await context.releases.fetch(proven.releaseId);
  refuseOtherDigest(release.manifest.archive.sha256, proven, provenBy);
  return withLease(context, name, (ledger) => rollOut(context, target, { release, ledger, exceptions }));
}

async function provenRelease(
  context: Context,
  environment: string,
  id: string | undefined,
): Promise<ProvenRelease> {
  const { current, proven } = await readLedger(context.ledgers, environment);
  const found =
    id === undefined
      ? current
      : proven.findLast(({ releaseId, abandoned }) => releaseId === id && !abandoned);
  if (found) return found;
  throw new DeliveryError({
    code: "NOT_PROVEN",
    message:
      id === undefined ? `${environment} has proven no release yet.` : `${environment} has not proven ${id}.`,
    hint: `Deliver it there first: npx delivery deploy ${environment}${id === undefined ? "" : ` --release ${id}`}`,
  });
}

function refuseOtherDigest(digest: string, proven: ProvenRelease, provenBy: string): void {
  if (digest === proven.archiveSha256) return;
  throw new DeliveryError({
    code: "NOT_PROVEN",
    message: `${proven.releaseId} here has the digest ${digest.slice(0, 12)}…, but ${provenBy} has proven ${proven.archiveSha256.slice(0, 12)}….`,
    hint: "Other bytes under the same name are another release. Delete .delivery/releases so that the proven one is fetched.",
  });
}

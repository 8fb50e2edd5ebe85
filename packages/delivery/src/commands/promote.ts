import { targetOf, withLease, type Context } from "../context.ts";
import { refuseUnapproved } from "../engine/approval.ts";
import { rollOut, type Delivered } from "../engine/rollout.ts";
import { DeliveryError } from "../errors.ts";
import { readLedger } from "../ledger-session.ts";
import type { Release } from "../release/release.ts";
import {
  decidePromotion,
  refusedAsOlder,
  type Promotion,
  type PromotionRequest,
} from "../rollout/promotion.ts";
import type { DeployOptions } from "./deploy.ts";
import { buildRelease } from "./release-build.ts";

/**
 * Delivers the very bytes that the environment before has proven: what serves there, unless a release is named. With the
 * glass broken, a release that it has not proven: the checked-out commit's, unless one is named.
 */
export async function promote(
  context: Context,
  name: string,
  { release: releaseId, exceptions }: DeployOptions,
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
  refuseUnapproved(context, target, exceptions);
  const [source, { current }] = await Promise.all([
    readLedger(context.ledgers, provenBy),
    readLedger(context.ledgers, name),
  ]);
  const request = { environment: name, provenBy, releaseId, source, current, exceptions };
  const release = await chosenRelease(context, request);
  return withLease(context, name, (ledger) => rollOut(context, target, { release, ledger, exceptions }));
}

async function chosenRelease(context: Context, request: PromotionRequest): Promise<Release> {
  const promotion = decidePromotion(request);
  if (promotion.kind === "refused") throw refusal(promotion);
  const { releaseId, archiveSha256 } = promotion;
  if (releaseId === undefined) return checkedOut(context, request);
  const release = await context.releases.fetch(releaseId);
  const digest = release.manifest.archive.sha256;
  if (archiveSha256 === undefined || digest === archiveSha256) return release;
  throw new DeliveryError({
    code: "NOT_PROVEN",
    message: `${releaseId} here has the digest ${digest.slice(0, 12)}…, but ${request.provenBy} has proven ${archiveSha256.slice(0, 12)}….`,
    hint: "Other bytes under the same name are another release. Delete .delivery/releases so that the proven one is fetched.",
  });
}

async function checkedOut(context: Context, request: PromotionRequest): Promise<Release> {
  const release = await buildRelease(context, { force: false });
  const refused = refusedAsOlder(request, release.manifest.releaseId);
  if (refused !== undefined) throw refusal(refused);
  return release;
}

function refusal({ code, message, hint }: Extract<Promotion, { readonly kind: "refused" }>): DeliveryError {
  return new DeliveryError({ code, message, hint });
}

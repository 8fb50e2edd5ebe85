import { refusal, type Refusal } from "../../http/refusal.ts";

/** @see https://developers.cloudflare.com/workers/static-assets/direct-upload/ for the flow; the codes from 100300 on are unverified. */
export function uploadTokenInvalid(): Refusal {
  return refusal(401, 10_000, "Authentication error: the asset upload token is invalid or expired.");
}

export function assetNotAsked(hash: string): Refusal {
  return refusal(400, 100_300, `The upload session did not ask for an asset with the hash ${hash}.`);
}

export function assetsIncomplete(): Refusal {
  return refusal(400, 100_301, "The assets token does not stand for a completed upload.");
}

export function assetTooLarge(path: string): Refusal {
  return refusal(413, 100_302, `Asset ${path} is larger than 25 MiB.`);
}

export function tooManyAssets(count: number): Refusal {
  return refusal(413, 100_303, `The manifest has ${count} assets; at most 100000 are allowed.`);
}

import { refusal, type Refusal } from "../../http/refusal.ts";

/** @see https://github.com/cloudflare/workers-sdk/issues/13242 */
export function titleTaken(): Refusal {
  return refusal(400, 10_014, "a namespace with this account ID and title already exists");
}

/** @see https://developers.cloudflare.com/api/resources/kv/subresources/namespaces/methods/get/ */
export function namespaceNotFound(): Refusal {
  return refusal(404, 10_013, "namespace not found");
}

/** People quote it of wrangler's `kv key get`. */
export function keyNotFound(): Refusal {
  return refusal(404, 10_009, "get: 'key not found'");
}

/** `message` is what a binding says of the same mistake. The code is the general one for an invalid request. */
export function keyRefused(message: string): Refusal {
  return refusal(400, 10_001, message);
}

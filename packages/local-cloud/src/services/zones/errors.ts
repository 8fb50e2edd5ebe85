import { refusal, type Refusal } from "../../http/refusal.ts";

/** Cloudflare's documentation of the API for routes had status and code; people quote the sentence of wrangler's `deploy`. */
export function routeTaken(pattern: string, owner: string): Refusal {
  return refusal(
    409,
    10_020,
    `A route with the same pattern already exists: ${pattern} belongs to ${owner}.`,
  );
}

/** @see https://developers.cloudflare.com/workers/configuration/routing/routes/#validity; the code and the sentence are in wrangler's reports */
export function routePatternInvalid(pattern: string, what?: "path"): Refusal {
  if (what === "path")
    return refusal(
      501,
      10_501,
      `The local cloud does not support routes with a path (${pattern}), only HOST/*.`,
    );
  return refusal(
    400,
    10_022,
    `Could not understand route pattern [${pattern}], please try a different pattern`,
  );
}

/** @see https://github.com/alchemy-run/distilled/blob/main/packages/cloudflare/src/services/workers.ts: `RouteNotFound` */
export function routeNotFound(id: string): Refusal {
  return refusal(404, 10_009, `No route has the id ${id}.`);
}

/** Unverified: wrangler finds the zone by itself, so it never asks. @see https://developers.cloudflare.com/fundamentals/api/troubleshooting/ */
export function hostHasNoZone(hostname: string): Refusal {
  return refusal(400, 7003, `Could not find a zone for ${hostname}.`);
}

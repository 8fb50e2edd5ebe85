import { refusal, type Refusal } from "../../http/refusal.ts";

/** @see https://developers.cloudflare.com/workers/configuration/routing/routes/ and Terraform provider issues for the code. */
export function routeTaken(pattern: string, owner: string): Refusal {
  return refusal(
    409,
    10_020,
    `A route with the same pattern exists already: ${pattern} belongs to ${owner}.`,
  );
}

/** @see https://developers.cloudflare.com/workers/configuration/routing/routes/#validity */
export function routePatternInvalid(pattern: string, what?: "path"): Refusal {
  if (what === "path")
    return refusal(
      501,
      10_501,
      `The local cloud does not support routes with a path (${pattern}), only HOST/*.`,
    );
  return refusal(400, 10_022, `Invalid route pattern: ${pattern}`);
}

export function routeNotFound(id: string): Refusal {
  return refusal(404, 10_009, `No route has the id ${id}.`);
}

/** @see https://developers.cloudflare.com/fundamentals/api/troubleshooting/ */
export function hostHasNoZone(hostname: string): Refusal {
  return refusal(400, 7003, `Could not find a zone for ${hostname}.`);
}

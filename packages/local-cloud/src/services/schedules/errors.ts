import { refusal, type Refusal } from "../../http/refusal.ts";

/** @see https://github.com/cloudflare/workers-sdk/issues/8923 */
export function cronInvalid(): Refusal {
  return refusal(400, 10_100, "invalid cron string");
}

/** @see https://github.com/cloudflare/workers-sdk/issues/5998 */
export function tooManyCrons(): Refusal {
  return refusal(400, 10_072, "workers.api.error.too_many_crons");
}

/** A route of the local cloud's own. */
export function noDeployment(worker: string): Refusal {
  return refusal(
    409,
    10_409,
    `The Worker ${worker} has no deployment, so no version that an event could go to.`,
  );
}

import { refusal, type Refusal } from "../../http/refusal.ts";

/** @see https://github.com/alchemy-run/distilled/pull/365: `QueueNotFound` */
export function queueNotFound(idOrName: string): Refusal {
  return refusal(404, 11_000, `Queue ${idOrName} was not found.`);
}

/** The code that people report when `wrangler queues create` finds the name in use. */
export function queueNameTaken(name: string): Refusal {
  return refusal(
    409,
    11_009,
    `Queue name '${name}' is already taken. Please use a different name and try again.`,
  );
}

/** @see https://github.com/cloudflare/workers-sdk/issues/5347 */
export function consumerExists(): Refusal {
  return refusal(400, 11_004, "workers.api.error.consumer_exists");
}

export function consumerNotFound(id: string): Refusal {
  return refusal(404, 11_005, `Consumer ${id} was not found.`);
}

/** @see https://developers.cloudflare.com/queues/platform/limits/ and the text of miniflare's broker */
export function messageTooLarge(message: string): Refusal {
  return refusal(413, 10_001, message);
}

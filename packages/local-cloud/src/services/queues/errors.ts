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

/** Unverified: the code is the one of a queue that there isn't. */
export function consumerNotFound(id: string): Refusal {
  return refusal(404, 11_000, `Consumer ${id} was not found.`);
}

/** @see https://github.com/alchemy-run/distilled/pull/273 */
export function handlerMissing(): Refusal {
  return refusal(400, 11_001, "queue handler is missing");
}

/** People quote it of wrangler's `queues delete`. */
export function queueIsBound(name: string, workers: readonly string[]): Refusal {
  return refusal(
    400,
    11_005,
    `Cannot delete queue '${name}' that is still referenced by a binding in a Worker. Unbind queue '${name}' from the Workers '${workers.join("', '")}'; then try again.`,
  );
}

/** People quote it of wrangler's `queues delete`. */
export function queueIsDeadLetterQueue(name: string): Refusal {
  return refusal(400, 11_005, `Cannot delete queue '${name}' that serves as dead letter queue for consumers`);
}

/** @see https://developers.cloudflare.com/queues/platform/limits/ and the text of miniflare's broker */
export function messageTooLarge(message: string): Refusal {
  return refusal(413, 10_001, message);
}

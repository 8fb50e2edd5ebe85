import type { Clock } from "../../clock.ts";
import type { EventTarget } from "../../data-plane.ts";
import type { QueueResult } from "../../dataplane/events.ts";
import type { QueuesBackend } from "./backend.ts";
import { queueNotFound } from "./errors.ts";
import type { KeptMessage, QueueMessages } from "./messages.ts";
import type { Backlog, Consumer, NewMessage, Queue } from "./model.ts";

export interface BrokerParts {
  readonly queues: QueuesBackend;
  readonly messages: QueueMessages;
  readonly clock: Clock;
  /** A version of the consumer that serves; undefined while it has no deployment. */
  readonly targetOf: (worker: string) => Promise<EventTarget | undefined>;
  readonly log: (line: string) => void;
}

/** How long a batch waits when there is no version to take it. */
const UNDELIVERABLE_WAIT_MS = 5000;

/**
 * Takes messages and delivers them in batches, one batch of a queue at a time. A batch goes out when it is full, or when its
 * first message has waited for the consumer's longest wait. What fails is delivered again after its delay, and after
 * the last retry goes to the dead letter queue, or away.
 * @see https://developers.cloudflare.com/queues/configuration/batching-retries/
 */
export class Broker {
  readonly #parts: BrokerParts;
  readonly #delivering = new Set<string>();
  readonly #timers = new Map<string, () => void>();
  #stopped = false;

  constructor(parts: BrokerParts) {
    this.#parts = parts;
  }

  /** Delivers what was left when the local cloud last stopped. */
  start(): void {
    for (const { queue_id: id } of this.#parts.queues.list()) this.consider(id);
  }

  stop(): void {
    this.#stopped = true;
    for (const cancel of this.#timers.values()) cancel();
  }

  /** @throws {Refusal} 11000 when no queue has that name. */
  send(name: string, messages: readonly NewMessage[], delaySeconds?: number): Backlog {
    const { queues, messages: kept, clock } = this.#parts;
    const queue = queues.byName(name);
    if (!queue) throw queueNotFound(name);
    const delay = delaySeconds ?? queue.settings.delivery_delay;
    kept.add(queue.queue_id, messages, { nowMs: clock.now(), delaySeconds: delay });
    this.consider(queue.queue_id);
    return kept.backlog(queue.queue_id);
  }

  /**
   * Delivers what is due of a queue, or waits for it; to be called whenever its messages or settings have changed. Where that
   * fails, on a full disk say, it is tried again after a while.
   */
  consider(id: string): void {
    try {
      this.#consider(id);
    } catch (error) {
      this.#postpone(id, error);
    }
  }

  #consider(id: string): void {
    this.#timers.get(id)?.();
    this.#timers.delete(id);
    if (this.#stopped || this.#delivering.has(id)) return;
    const queue = this.#parts.queues.find(id);
    if (queue?.consumer === undefined || queue.settings.delivery_paused) return;
    this.#dropExpired(queue);
    const firstDueAtMs = this.#parts.messages.firstDueAtMs(id);
    if (firstDueAtMs === undefined) return;
    this.#deliverOrWait(queue, queue.consumer, firstDueAtMs);
  }

  #deliverOrWait(queue: Queue, consumer: Consumer, firstDueAtMs: number): void {
    const { messages, clock } = this.#parts;
    const { batch_size: size, max_wait_time_ms: waitMs } = consumer.settings;
    const nowMs = clock.now();
    const batch = messages.due(queue.queue_id, nowMs, size);
    if (batch.length === size || (batch.length > 0 && nowMs >= firstDueAtMs + waitMs)) {
      void this.#deliver(queue, consumer, batch);
      return;
    }
    this.#wait(queue.queue_id, batch.length > 0 ? firstDueAtMs + waitMs : firstDueAtMs);
  }

  #wait(id: string, untilMs: number): void {
    this.#timers.get(id)?.();
    this.#timers.set(
      id,
      this.#parts.clock.at(untilMs, () => this.consider(id)),
    );
  }

  /** Never rejects. What can't be noted of a delivery is delivered again. */
  async #deliver(queue: Queue, consumer: Consumer, batch: readonly KeptMessage[]): Promise<void> {
    const id = queue.queue_id;
    this.#delivering.add(id);
    try {
      const result = await this.#handled(queue, consumer, batch);
      this.#delivering.delete(id);
      if (this.#stopped) return;
      this.#settle(queue, consumer, { batch, result });
      this.consider(id);
    } catch (error) {
      this.#delivering.delete(id);
      if (!this.#stopped) this.#postpone(id, error);
    }
  }

  #postpone(id: string, error: unknown): void {
    const { queues, clock, log } = this.#parts;
    const reason = error instanceof Undeliverable ? error.message : String(error);
    log(`queue: ${queues.find(id)?.queue_name ?? id} is not delivered: ${reason}`);
    this.#wait(id, clock.now() + UNDELIVERABLE_WAIT_MS);
  }

  async #handled(queue: Queue, consumer: Consumer, batch: readonly KeptMessage[]): Promise<QueueResult> {
    const target = await this.#parts.targetOf(consumer.script);
    if (target === undefined) throw new Undeliverable(`its consumer ${consumer.script} has no deployment`);
    try {
      return await target.lease.instance.events.queue({
        queue: queue.queue_name,
        messages: batch.map(({ id, sentAtMs, attempts, contentType, body }) => {
          return {
            id,
            sentAtMs,
            attempts: attempts + 1,
            contentType,
            body: Buffer.from(body).toString("base64"),
          };
        }),
      });
    } finally {
      target.lease.release();
    }
  }

  #settle(
    queue: Queue,
    consumer: Consumer,
    delivered: { readonly batch: readonly KeptMessage[]; readonly result: QueueResult },
  ): void {
    const { messages, clock, log } = this.#parts;
    const { batch, result } = delivered;
    const failed = batch.filter(({ id }) => hasFailed(id, result));
    const delays = new Map(result.retryMessages.map(({ msgId, delaySeconds }) => [msgId, delaySeconds]));
    messages.together(() => {
      for (const message of batch) {
        if (!failed.includes(message)) messages.remove(message);
        else if (message.attempts < consumer.settings.max_retries) {
          const delay =
            delays.get(message.id) ?? result.retryBatch.delaySeconds ?? consumer.settings.retry_delay;
          messages.retry(message, clock.now() + delay * 1000);
        } else this.#giveUp(message, consumer);
      }
    });
    log(
      `queue: ${queue.queue_name} → ${consumer.script}: ${batch.length - failed.length} of ${batch.length}`,
    );
  }

  #giveUp(message: KeptMessage, { dead_letter_queue: name }: Consumer): void {
    const { queues, messages, clock, log } = this.#parts;
    const deadLetters = name === undefined ? undefined : queues.byName(name);
    if (!deadLetters) {
      log(`queue: message ${message.id} is dropped after ${message.attempts + 1} deliveries`);
      messages.remove(message);
      return;
    }
    messages.move(message, deadLetters.queue_id, clock.now());
    this.#wait(deadLetters.queue_id, clock.now());
  }

  #dropExpired({ queue_id: id, settings }: Queue): void {
    const { messages, clock } = this.#parts;
    messages.removeSentBefore(id, clock.now() - settings.message_retention_period * 1000);
  }
}

class Undeliverable extends Error {}

/** A message that was acknowledged by itself stays so, whatever becomes of the batch. @see https://developers.cloudflare.com/queues/configuration/batching-retries/#explicit-acknowledgement-and-retries */
function hasFailed(
  id: string,
  { outcome, ackAll, retryBatch, explicitAcks, retryMessages }: QueueResult,
): boolean {
  if (explicitAcks.includes(id)) return false;
  if (retryMessages.some(({ msgId }) => msgId === id)) return true;
  if (retryBatch.retry) return true;
  return outcome !== "ok" && !ackAll;
}

import { randomBytes } from "node:crypto";
import type { State } from "../../store/state.ts";
import {
  consumerExists,
  consumerNotFound,
  queueIsBound,
  queueIsDeadLetterQueue,
  queueNameTaken,
  queueNotFound,
} from "./errors.ts";
import type { Consumer, Queue } from "./model.ts";

/** Queues and their consumers; what is in them is with `QueueMessages`. */
export class QueuesBackend {
  readonly #state: State;

  constructor(state: State) {
    this.#state = state;
  }

  /** By name. */
  list(): readonly Queue[] {
    return this.#state.all("SELECT document FROM queues ORDER BY name").map(queue);
  }

  hasName(name: string): boolean {
    return this.byName(name) !== undefined;
  }

  byName(name: string): Queue | undefined {
    const row = this.#state.get("SELECT document FROM queues WHERE name = ?", name);
    return row && queue(row);
  }

  find(id: string): Queue | undefined {
    const row = this.#state.get("SELECT document FROM queues WHERE id = ?", id);
    return row && queue(row);
  }

  /** @throws {Refusal} 11000 when there is no such queue. */
  get(id: string): Queue {
    const found = this.find(id);
    if (!found) throw queueNotFound(id);
    return found;
  }

  /** @throws {Refusal} 11009 when the name is taken. */
  create(name: string, settings: Queue["settings"]): Queue {
    if (this.hasName(name)) throw queueNameTaken(name);
    const now = new Date().toISOString();
    const created: Queue = {
      queue_id: newId(),
      queue_name: name,
      created_on: now,
      modified_on: now,
      settings,
      consumer: undefined,
    };
    const sql = "INSERT INTO queues (id, name, document) VALUES (?, ?, ?)";
    this.#state.run(sql, created.queue_id, name, JSON.stringify(created));
    return created;
  }

  update(id: string, change: Partial<Pick<Queue, "queue_name" | "settings">>): Queue {
    const before = this.get(id);
    const name = change.queue_name ?? before.queue_name;
    if (name !== before.queue_name && this.hasName(name)) throw queueNameTaken(name);
    return this.#save({ ...before, ...change });
  }

  /** @throws {Refusal} 11005 while the `producers`, Workers that serve, are bound to it, or a consumer's dead letters go to it. */
  delete(id: string, producers: (name: string) => readonly string[]): void {
    const { queue_name: name } = this.get(id);
    const bound = producers(name);
    if (bound.length > 0) throw queueIsBound(name, bound);
    if (this.list().some(({ consumer }) => consumer?.dead_letter_queue === name))
      throw queueIsDeadLetterQueue(name);
    this.#state.run("DELETE FROM queues WHERE id = ?", id);
  }

  /** @throws {Refusal} 11004 when it has a consumer already. */
  addConsumer(id: string, made: Omit<Consumer, "consumer_id" | "created_on">): Consumer {
    const before = this.get(id);
    if (before.consumer) throw consumerExists();
    const consumer = { ...made, consumer_id: newId(), created_on: new Date().toISOString() };
    this.#save({ ...before, consumer });
    return consumer;
  }

  /** @throws {Refusal} 11000 when the queue has no such consumer. */
  consumer(id: string, consumerId: string): Consumer {
    const { consumer } = this.get(id);
    if (consumer?.consumer_id !== consumerId) throw consumerNotFound(consumerId);
    return consumer;
  }

  updateConsumer(
    id: string,
    consumerId: string,
    change: Omit<Consumer, "consumer_id" | "created_on">,
  ): Consumer {
    const consumer = { ...this.consumer(id, consumerId), ...change };
    this.#save({ ...this.get(id), consumer });
    return consumer;
  }

  removeConsumer(id: string, consumerId: string): void {
    this.consumer(id, consumerId);
    this.#save({ ...this.get(id), consumer: undefined });
  }

  /** Whether messages of a queue go to the Worker. */
  isConsumer(script: string): boolean {
    return this.list().some(({ consumer }) => consumer?.script === script);
  }

  /** Takes away what consumes for a Worker that is deleted; messages are kept. */
  dropWorker(script: string): void {
    for (const each of this.list())
      if (each.consumer?.script === script) this.#save({ ...each, consumer: undefined });
  }

  #save(changed: Queue): Queue {
    const saved = { ...changed, modified_on: new Date().toISOString() };
    const sql = "UPDATE queues SET name = ?, document = ? WHERE id = ?";
    this.#state.run(sql, saved.queue_name, JSON.stringify(saved), saved.queue_id);
    return saved;
  }
}

function queue(row: Readonly<Record<string, unknown>>): Queue {
  return JSON.parse(String(row["document"])) as Queue;
}

function newId(): string {
  return randomBytes(16).toString("hex");
}

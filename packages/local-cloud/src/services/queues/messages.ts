import { randomBytes } from "node:crypto";
import type { State } from "../../store/state.ts";
import { contentTypeSchema, type Backlog, type NewMessage } from "./model.ts";

/** A message that is kept. `attempts` counts the deliveries so far. */
export interface KeptMessage {
  readonly sequence: number;
  readonly id: string;
  readonly contentType: NewMessage["contentType"];
  readonly body: Uint8Array;
  readonly sentAtMs: number;
  readonly attempts: number;
}

const COLUMNS = "sequence, id, content_type, body, sent_at_ms, attempts";

/** The messages of all queues, on the disk when a call returns. `queue` is an id. */
export class QueueMessages {
  readonly #state: State;

  constructor(state: State) {
    this.#state = state;
  }

  add(
    queue: string,
    messages: readonly NewMessage[],
    at: { readonly nowMs: number; readonly delaySeconds: number },
  ): void {
    const sql =
      "INSERT INTO queue_messages (queue, id, content_type, body, sent_at_ms, due_at_ms, attempts) VALUES (?, ?, ?, ?, ?, ?, 0)";
    this.#state.transaction(() => {
      for (const { contentType, body, delaySeconds = at.delaySeconds } of messages) {
        const id = randomBytes(16).toString("hex");
        this.#state.run(sql, queue, id, contentType, body, at.nowMs, at.nowMs + delaySeconds * 1000);
      }
    });
  }

  /** Those that may be delivered now, oldest first. */
  due(queue: string, nowMs: number, limit: number): readonly KeptMessage[] {
    const sql = `SELECT ${COLUMNS} FROM queue_messages WHERE queue = ? AND due_at_ms <= ? ORDER BY due_at_ms, sequence LIMIT ?`;
    return this.#state.all(sql, queue, nowMs, limit).map(keptMessage);
  }

  /** When the first message of a queue is or was due; undefined for an empty one. */
  firstDueAtMs(queue: string): number | undefined {
    const row = this.#state.get("SELECT min(due_at_ms) AS due FROM queue_messages WHERE queue = ?", queue);
    const due = row?.["due"];
    return typeof due === "number" ? due : undefined;
  }

  remove(message: KeptMessage): void {
    this.#state.run("DELETE FROM queue_messages WHERE sequence = ?", message.sequence);
  }

  /** Keeps it for another delivery. */
  retry(message: KeptMessage, dueAtMs: number): void {
    const sql = "UPDATE queue_messages SET attempts = ?, due_at_ms = ? WHERE sequence = ?";
    this.#state.run(sql, message.attempts + 1, dueAtMs, message.sequence);
  }

  /** Moves it to another queue with its id and date, its deliveries not counted there. */
  move(message: KeptMessage, queue: string, dueAtMs: number): void {
    const sql = "UPDATE queue_messages SET queue = ?, attempts = 0, due_at_ms = ? WHERE sequence = ?";
    this.#state.run(sql, queue, dueAtMs, message.sequence);
  }

  removeSentBefore(queue: string, atMs: number): void {
    this.#state.run("DELETE FROM queue_messages WHERE queue = ? AND sent_at_ms < ?", queue, atMs);
  }

  clear(queue: string): void {
    this.#state.run("DELETE FROM queue_messages WHERE queue = ?", queue);
  }

  backlog(queue: string): Backlog {
    const sql =
      "SELECT count(*) AS n, coalesce(sum(length(body)), 0) AS bytes, coalesce(min(sent_at_ms), 0) AS oldest FROM queue_messages WHERE queue = ?";
    const row = this.#state.get(sql, queue) ?? {};
    return {
      backlogCount: Number(row["n"]),
      backlogBytes: Number(row["bytes"]),
      oldestMessageTimestamp: Number(row["oldest"]),
    };
  }

  /** All of its changes hold, or none. */
  together(change: () => void): void {
    this.#state.transaction(change);
  }
}

function keptMessage(row: Readonly<Record<string, unknown>>): KeptMessage {
  return {
    sequence: Number(row["sequence"]),
    id: String(row["id"]),
    contentType: contentTypeSchema.parse(row["content_type"]),
    body: row["body"] as Uint8Array,
    sentAtMs: Number(row["sent_at_ms"]),
    attempts: Number(row["attempts"]),
  };
}

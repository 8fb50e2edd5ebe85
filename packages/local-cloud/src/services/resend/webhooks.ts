import { createHmac, randomBytes, randomUUID } from "node:crypto";
import { request as httpRequest } from "node:http";
import * as z from "zod";
import type { Clock } from "../../clock.ts";
import type { State } from "../../store/state.ts";
import type { StoredEmail } from "./backend.ts";

/** @see https://resend.com/docs/webhooks/event-types */
const EVENTS = [
  "email.sent",
  "email.delivered",
  "email.bounced",
  "email.complained",
  "email.suppressed",
] as const;

export const webhookSchema = z.object({
  endpoint: z.url({ protocol: /^https?$/u }),
  events: z.array(z.enum(EVENTS)).min(1),
});

export interface Webhook extends z.infer<typeof webhookSchema> {
  readonly id: string;
  readonly created_at: string;
  readonly status: "enabled";
  /** `whsec_` and the key in base64. */
  readonly signing_secret: string;
}

interface Message {
  readonly id: string;
  readonly webhook: string;
  readonly body: string;
  readonly attempts: readonly { readonly at: string; readonly outcome: string }[];
}

/** Before each attempt, counted from the failure of the one before. @see https://resend.com/docs/webhooks/retries-and-replays */
const WAITS_MS = [0, 5_000, 300_000, 1_800_000, 7_200_000, 18_000_000, 36_000_000, 36_000_000];
const ANSWER_LIMIT_MS = 15_000;
/** Before a message is sent again whose outcome could not be written down, on a full disk say. */
const UNWRITTEN_WAIT_MS = 5000;

/** Posts one message and says which status answered, or what went wrong. Nothing leaves this machine. */
type Post = (
  endpoint: URL,
  message: { readonly headers: Readonly<Record<string, string>>; readonly body: string },
) => Promise<number | string>;

/** Endpoints that hear of what becomes of mail. Messages are kept until they are delivered, over restarts too. */
export class Webhooks {
  readonly #state: State;
  readonly #clock: Clock;
  readonly #post: Post;
  readonly #underWay = new Set<string>();
  #callOff: (() => void) | undefined;
  #stopped = false;

  constructor(state: State, { clock, post }: { readonly clock: Clock; readonly post: Post }) {
    this.#state = state;
    this.#clock = clock;
    this.#post = post;
  }

  create(settings: z.infer<typeof webhookSchema>): Webhook {
    const webhook: Webhook = {
      ...settings,
      id: randomUUID(),
      created_at: new Date(this.#clock.now()).toISOString(),
      status: "enabled",
      signing_secret: `whsec_${randomBytes(24).toString("base64")}`,
    };
    const sql = "INSERT INTO webhooks (id, document) VALUES (?, ?)";
    this.#state.run(sql, webhook.id, JSON.stringify(webhook));
    return webhook;
  }

  list(): readonly Webhook[] {
    const rows = this.#state.all("SELECT document FROM webhooks ORDER BY sequence");
    return rows.map((row) => JSON.parse(String(row["document"])) as Webhook);
  }

  /** With what was still to be delivered to it. @returns whether there was one */
  remove(id: string): boolean {
    const exists = this.list().some((webhook) => webhook.id === id);
    this.#state.run("DELETE FROM webhook_messages WHERE webhook = ?", id);
    this.#state.run("DELETE FROM webhooks WHERE id = ?", id);
    return exists;
  }

  /** Keeps a message for each endpoint that wants the event; `deliverDue` sends it. */
  queue(type: string, email: StoredEmail): void {
    const body = JSON.stringify({ type, created_at: email.created_at, data: dataOf(type, email) });
    for (const { id } of this.list().filter(({ events }) => (events as readonly string[]).includes(type))) {
      const message: Message = {
        id: `msg_${randomUUID().replaceAll("-", "")}`,
        webhook: id,
        body,
        attempts: [],
      };
      const sql = "INSERT INTO webhook_messages (id, webhook, due_at_ms, document) VALUES (?, ?, ?, ?)";
      this.#state.run(sql, message.id, id, this.#clock.now(), JSON.stringify(message));
    }
  }

  /** Sends what is due, and comes back by itself for what isn't yet. */
  deliverDue(): void {
    this.#callOff?.();
    this.#callOff = undefined;
    const waiting = this.#state.all(
      "SELECT document, due_at_ms FROM webhook_messages WHERE due_at_ms IS NOT NULL ORDER BY due_at_ms, sequence",
    );
    for (const row of waiting) {
      const message = JSON.parse(String(row["document"])) as Message;
      if (this.#underWay.has(message.id)) continue;
      if (Number(row["due_at_ms"]) > this.#clock.now()) {
        this.#callOff = this.#clock.at(Number(row["due_at_ms"]), () => this.deliverDue());
        return;
      }
      this.#underWay.add(message.id);
      void this.#attempt(message)
        .catch(() => this.#comeBack(this.#clock.now() + UNWRITTEN_WAIT_MS))
        .finally(() => this.#underWay.delete(message.id));
    }
  }

  stop(): void {
    this.#callOff?.();
    this.#stopped = true;
  }

  async #attempt(message: Message): Promise<void> {
    const webhook = this.list().find(({ id }) => id === message.webhook);
    if (webhook === undefined) return;
    const headers = signedHeaders(webhook.signing_secret, message, this.#clock.now());
    const outcome = await this.#post(new URL(webhook.endpoint), { headers, body: message.body });
    if (this.#stopped) return;
    const at = new Date(this.#clock.now()).toISOString();
    const attempts = [...message.attempts, { at, outcome: String(outcome) }];
    const isDelivered = typeof outcome === "number" && outcome >= 200 && outcome < 300;
    const wait = isDelivered ? undefined : WAITS_MS[attempts.length];
    const dueAt = wait === undefined ? null : this.#clock.now() + wait;
    const sql = "UPDATE webhook_messages SET due_at_ms = ?, document = ? WHERE id = ?";
    this.#state.run(sql, dueAt, JSON.stringify({ ...message, attempts }), message.id);
    if (dueAt !== null) this.#comeBack(dueAt);
  }

  #comeBack(atMs: number): void {
    if (!this.#stopped) this.#callOff ??= this.#clock.at(atMs, () => this.deliverDue());
  }
}

/** @see https://docs.svix.com/receiving/verifying-payloads/how-manual */
function signedHeaders(
  secret: string,
  { id, body }: { readonly id: string; readonly body: string },
  nowMs: number,
): Readonly<Record<string, string>> {
  const timestamp = String(Math.floor(nowMs / 1000));
  const key = Buffer.from(secret.replace(/^whsec_/u, ""), "base64");
  const signature = createHmac("sha256", key).update(`${id}.${timestamp}.${body}`).digest("base64");
  return {
    "content-type": "application/json",
    "user-agent": "Svix-Webhooks/1.0",
    "svix-id": id,
    "svix-timestamp": timestamp,
    "svix-signature": `v1,${signature}`,
  };
}

/** @see https://resend.com/docs/webhooks/emails/bounced */
function dataOf(type: string, email: StoredEmail): Readonly<Record<string, unknown>> {
  const { id, created_at, from, to, subject, tags } = email;
  const bounce = {
    type: "Permanent",
    subType: "General",
    message: "The recipient's email provider sent a hard bounce message.",
  };
  return {
    email_id: id,
    created_at,
    from,
    to,
    subject,
    ...(tags.length > 0 && { tags: Object.fromEntries(tags.map(({ name, value }) => [name, value])) }),
    ...(type === "email.bounced" && { bounce }),
  };
}

/**
 * Posts to this machine: a loopback address as it is, any other host to the edge, where a Worker may have that name.
 * `edgePort` is asked at each message.
 */
export function postLocally(edgePort: () => number): Post {
  return (endpoint, { headers, body }) => {
    const { hostname, host, port, pathname, search } = endpoint;
    const isHere = hostname === "localhost" || hostname === "[::1]" || hostname.startsWith("127.");
    return new Promise((resolve) => {
      const outgoing = httpRequest(
        {
          host: isHere ? hostname.replace(/^\[|\]$/gu, "") : "127.0.0.1",
          port: isHere ? Number(port || 80) : edgePort(),
          method: "POST",
          path: `${pathname}${search}`,
          headers: { ...headers, host, "content-length": String(Buffer.byteLength(body)) },
          timeout: ANSWER_LIMIT_MS,
          agent: false,
        },
        (incoming) => {
          incoming.resume();
          resolve(incoming.statusCode ?? 0);
        },
      );
      outgoing.on("timeout", () => outgoing.destroy(new Error("no answer in time")));
      outgoing.on("error", (error) => resolve(error.message)).end(body);
    });
  };
}

import { createHash, randomUUID } from "node:crypto";
import type { Clock } from "../../clock.ts";
import type { State } from "../../store/state.ts";
import { bareAddress, type Email } from "./email.ts";
import { Problem } from "./problems.ts";
import type { Webhooks } from "./webhooks.ts";

/** What became of an email. */
type LastEvent = "delivered" | "bounced" | "complained" | "suppressed";

export interface StoredEmail extends Email {
  readonly id: string;
  readonly created_at: string;
  readonly last_event: LastEvent;
}

/** @see https://resend.com/docs/dashboard/emails/idempotency-keys */
const KEY_LASTS_MS = 24 * 60 * 60 * 1000;
const LONGEST_KEY = 256;

/**
 * Resend's own addresses to try what happens; a label (`bounced+signup@resend.dev`) may follow.
 * @see https://resend.com/docs/dashboard/emails/send-test-emails
 */
const TEST_ADDRESS = /^(?<event>bounced|complained|suppressed)(?:\+[^@]*)?@resend\.dev$/u;

/** Mail that was sent: it is kept, never delivered. */
export class ResendBackend {
  readonly #state: State;
  readonly #clock: Clock;
  readonly #webhooks: Webhooks;

  constructor(state: State, { clock, webhooks }: { readonly clock: Clock; readonly webhooks: Webhooks }) {
    this.#state = state;
    this.#clock = clock;
    this.#webhooks = webhooks;
  }

  /** All of them are kept, or none. */
  send(emails: readonly Email[]): readonly StoredEmail[] {
    const created_at = new Date(this.#clock.now()).toISOString();
    const stored = emails.map((email): StoredEmail => {
      return { ...email, id: randomUUID(), created_at, last_event: outcomeOf(email) };
    });
    this.#state.transaction(() => {
      for (const email of stored) {
        this.#state.run("INSERT INTO emails (id, document) VALUES (?, ?)", email.id, JSON.stringify(email));
        for (const event of eventsOf(email.last_event)) this.#webhooks.queue(event, email);
      }
    });
    this.#webhooks.deliverDue();
    return stored;
  }

  find(id: string): StoredEmail | undefined {
    const row = this.#state.get("SELECT document FROM emails WHERE id = ?", id);
    return row && storedEmail(row);
  }

  /** Newest first; those to, cc or bcc an address that contains `recipient`, where it is given. */
  inbox(recipient = ""): readonly StoredEmail[] {
    const emails = this.#state.all("SELECT document FROM emails ORDER BY sequence DESC").map(storedEmail);
    if (recipient === "") return emails;
    const wanted = recipient.toLowerCase();
    return emails.filter(({ to, cc, bcc }) =>
      [...to, ...cc, ...bcc].some((address) => address.toLowerCase().includes(wanted)),
    );
  }

  /**
   * The answer of an earlier request with that key, or what `work` answers.
   * @throws {Problem} invalid_idempotency_key; invalid_idempotent_request when the earlier one asked for something else.
   */
  once(key: string | null, request: string, work: () => unknown): unknown {
    if (key === null) return work();
    if (key.length < 1 || key.length > LONGEST_KEY)
      throw new Problem("invalid_idempotency_key", "The key must be between 1-256 chars.");
    const digest = createHash("sha256").update(request).digest("hex");
    const now = this.#clock.now();
    this.#state.run("DELETE FROM sent_requests WHERE sent_at_ms <= ?", now - KEY_LASTS_MS);
    const earlier = this.#state.get("SELECT digest, answer FROM sent_requests WHERE key = ?", key);
    if (earlier?.["digest"] === digest) return JSON.parse(String(earlier["answer"]));
    if (earlier)
      throw new Problem(
        "invalid_idempotent_request",
        "This idempotency key has been used on a request that had a different payload.",
      );
    const answer = work();
    const sql = "INSERT INTO sent_requests (key, digest, answer, sent_at_ms) VALUES (?, ?, ?, ?)";
    this.#state.run(sql, key, digest, JSON.stringify(answer), now);
    return answer;
  }
}

type Addresses = "to" | "cc" | "bcc" | "reply_to";
type Older = Pick<StoredEmail, "id" | "created_at" | "from" | "subject"> &
  Partial<Omit<StoredEmail, Addresses>> &
  Partial<Record<Addresses, string | readonly string[]>>;

/** An email that an earlier version kept has fewer fields. */
function storedEmail(row: Readonly<Record<string, unknown>>): StoredEmail {
  const email = JSON.parse(String(row["document"])) as Older;
  const list = (value: string | readonly string[] | undefined) => [value ?? []].flat();
  return {
    ...email,
    html: email.html ?? null,
    text: email.text ?? null,
    headers: email.headers ?? {},
    tags: email.tags ?? [],
    attachments: email.attachments ?? [],
    last_event: email.last_event ?? "delivered",
    to: list(email.to),
    cc: list(email.cc),
    bcc: list(email.bcc),
    reply_to: list(email.reply_to),
  };
}

function outcomeOf(email: Email): LastEvent {
  const events = [...email.to, ...email.cc, ...email.bcc].map(
    (address) => TEST_ADDRESS.exec(bareAddress(address))?.groups?.["event"],
  );
  return (events.find((event) => event !== undefined) as LastEvent | undefined) ?? "delivered";
}

/** In order: a complaint comes from somebody who got the mail. */
function eventsOf(last: LastEvent): readonly string[] {
  switch (last) {
    case "complained":
      return ["email.sent", "email.delivered", "email.complained"];
    case "suppressed":
      return ["email.suppressed"];
    case "bounced":
    case "delivered":
      return ["email.sent", `email.${last}`];
  }
}

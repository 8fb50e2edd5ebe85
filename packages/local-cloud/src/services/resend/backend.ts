import { randomUUID } from "node:crypto";
import * as z from "zod";
import type { State } from "../../store/state.ts";

const addresses = z.union([z.string(), z.array(z.string()).max(50)]);

/** @see https://resend.com/docs/api-reference/emails/send-email */
export const emailSchema = z.object({
  from: z.string().min(3),
  to: addresses,
  subject: z.string(),
  html: z.string().optional(),
  text: z.string().optional(),
  cc: addresses.optional(),
  bcc: addresses.optional(),
  reply_to: addresses.optional(),
  headers: z.record(z.string(), z.string()).optional(),
  tags: z.array(z.object({ name: z.string(), value: z.string() })).optional(),
});

export interface StoredEmail extends z.infer<typeof emailSchema> {
  readonly id: string;
  readonly created_at: string;
}

/** Mail that was sent: it is kept, never delivered. */
export class ResendBackend {
  readonly #state: State;

  constructor(state: State) {
    this.#state = state;
  }

  send(email: z.infer<typeof emailSchema>): StoredEmail {
    const stored = { ...email, id: randomUUID(), created_at: new Date().toISOString() };
    this.#state.run("INSERT INTO emails (id, document) VALUES (?, ?)", stored.id, JSON.stringify(stored));
    return stored;
  }

  /** Newest first. */
  inbox(): readonly StoredEmail[] {
    const rows = this.#state.all("SELECT document FROM emails ORDER BY sequence DESC");
    return rows.map((row) => JSON.parse(String(row["document"])) as StoredEmail);
  }
}

import { createHmac } from "node:crypto";
import type { LedgerEntry } from "../ledger/entry.ts";

/** What a notification tells unless it is said otherwise: how deliveries end, and what waits for a person. */
export const NOTIFIED = [
  "proven",
  "aborted",
  "paused",
  "rolled_back",
  "stuck",
  "locked",
  "unlocked",
] as const;

/**
 * Headers that let a receiver tell that a body is delivery's and of now: the signature is an HMAC-SHA256, in hex, of the time
 * in seconds, a dot and the body.
 */
export function signedHeaders(
  body: string,
  secret: string | undefined,
  at: Date,
): Readonly<Record<string, string>> {
  const seconds = Math.floor(at.getTime() / 1000);
  const signature =
    secret === undefined
      ? undefined
      : createHmac("sha256", secret).update(`${seconds}.${body}`).digest("hex");
  return {
    "content-type": "application/json",
    ...(signature !== undefined && { "x-delivery-signature": `t=${seconds},v1=${signature}` }),
  };
}

/** The entry as it is in the ledger, and a sentence that chats can show as it is. */
export function notificationBody(entry: LedgerEntry): string {
  const { environment, type, releaseId = "", reason, actor } = entry;
  const words = [
    `${environment}: ${type.replaceAll("_", " ")} ${releaseId}`.trim(),
    reason,
    `by ${actor.name}`,
  ];
  return JSON.stringify({ text: words.filter(Boolean).join(", "), entry });
}

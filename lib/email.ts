import { deliver, type DeliveryOutcome } from "./email/deliver.ts";
import type { Message } from "./email/message.ts";
import { renderMail } from "./email/render.tsx";
import { isReservedAddress } from "./email/reserved-address.ts";
import { logError } from "./log.ts";
import { type RequestContext, requestContext } from "./request-context.ts";

export interface Mail {
  readonly to: string;
  /** Whose account it is about; null where it has gone. */
  readonly userId: string | null;
  readonly message: Message;
}

/** On requests that a delivery makes to judge a release (docs/gates.md). */
const SYNTHETIC_HEADER = "x-delivery-probe";

/**
 * Sends a mail after the answer has gone; how that went stands in `email_deliveries`. Nothing is sent to an address that
 * is nobody's, nor for a delivery's synthetic requests. Never throws.
 */
export function sendMail(mail: Mail): void {
  const context = requestContext();
  if (isReservedAddress(mail.to) || context.request.headers.has(SYNTHETIC_HEADER)) return;
  const report = (error: unknown) => logError("a mail failed", error, context);
  context.waitUntil(send(mail, context).catch(report));
}

async function send({ to, userId, message }: Mail, context: RequestContext): Promise<void> {
  const { EMAIL_FROM: from, RESEND_API_KEY: apiKey } = context.env();
  const id = crypto.randomUUID();
  const { emailDelivery } = context.database();
  await emailDelivery.create({ data: { id, userId, template: message.template, idempotencyKey: id } });
  const mail = { from, to: [to], ...(await renderMail(message)) };

  const outcome = await deliver(mail, {
    apiKey,
    idempotencyKey: id,
    fetch: (url, init) => fetch(url, init),
    now: () => Date.now(),
    sleep: (ms) => new Promise((resolve) => void setTimeout(resolve, ms)),
  });

  await emailDelivery.update({ where: { id }, data: recordOf(outcome) });
  if (outcome.state === "failed")
    logError("a mail could not be sent", new Error(`${message.template}: ${outcome.error}`), context);
}

function recordOf(outcome: DeliveryOutcome) {
  const { state, attempts } = outcome;
  return outcome.state === "sent"
    ? { state, attempts, providerId: outcome.providerId }
    : { state, attempts, lastError: outcome.error };
}

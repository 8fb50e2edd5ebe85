import { postMail, type ResendMail, type ResendPort } from "./resend.ts";

export interface DeliveryPorts extends ResendPort {
  /** Milliseconds. */
  readonly now: () => number;
  readonly sleep: (ms: number) => Promise<void>;
}

export type DeliveryOutcome =
  | { readonly state: "sent"; readonly attempts: number; readonly providerId: string }
  | { readonly state: "failed"; readonly attempts: number; readonly error: string };

/** Work after the answer may go on for 30 s. @see https://developers.cloudflare.com/workers/runtime-apis/context/#waituntil */
const BUDGET_MS = 25_000;
const ATTEMPT_LIMIT_MS = 8_000;
/** Before the second attempt, the third and so on. */
const PAUSES_MS = [500, 2_000, 6_000];

/**
 * Sends a mail, again after a pause where Resend is busy or can't be reached, for as long as a request may go on. Waits as
 * long as Resend asks; where that is too long it gives up at once. Never throws.
 */
export async function deliver(
  mail: ResendMail,
  ports: DeliveryPorts & { readonly idempotencyKey: string },
): Promise<DeliveryOutcome> {
  const endsAt = ports.now() + BUDGET_MS;
  for (let attempts = 1; ; attempts += 1) {
    const limitMs = Math.min(ATTEMPT_LIMIT_MS, endsAt - ports.now());
    const reply = await postMail(mail, { ...ports, limitMs });
    if (reply.kind === "accepted") return { state: "sent", attempts, providerId: reply.id };

    const pauseMs = PAUSES_MS[attempts - 1];
    if (reply.kind === "refused" || pauseMs === undefined) return failed(attempts, reply.name);
    const waitMs = Math.max(pauseMs, reply.retryAfterMs ?? 0);
    if (ports.now() + waitMs >= endsAt) return failed(attempts, reply.name);
    await ports.sleep(waitMs);
  }
}

function failed(attempts: number, error: string): DeliveryOutcome {
  return { state: "failed", attempts, error };
}

import { z } from "zod";

const API = "https://api.resend.com";

/** How a request to Resend ended. `name` is Resend's word for an error, or ours for one that never got there. */
export type ResendReply =
  | { readonly kind: "accepted"; readonly id: string }
  | { readonly kind: "refused"; readonly name: string }
  | { readonly kind: "busy"; readonly name: string; readonly retryAfterMs: number | undefined };

export interface ResendMail {
  readonly from: string;
  readonly to: readonly string[];
  readonly subject: string;
  readonly html: string;
  readonly text: string;
}

export interface ResendPort {
  readonly fetch: (url: string, init: RequestInit) => Promise<Response>;
  readonly apiKey: string;
}

const accepted = z.object({ id: z.string() });
const refused = z.object({ name: z.string().regex(/^[a-z_]{1,64}$/u) });
/** 429 too, but not to be had again by waiting. @see https://resend.com/docs/api-reference/errors */
const QUOTAS = ["daily_quota_exceeded", "monthly_quota_exceeded"];
const TOO_MANY = 429;
const SERVER_ERRORS = 500;

/**
 * Asks Resend once to send a mail. The same key within a day sends it once, however often it is asked. Never throws.
 * @see https://resend.com/docs/api-reference/emails/send-email
 */
export async function postMail(
  mail: ResendMail,
  options: ResendPort & { readonly idempotencyKey: string; readonly limitMs: number },
): Promise<ResendReply> {
  try {
    const answer = await options.fetch(`${API}/emails`, {
      method: "POST",
      headers: {
        authorization: `Bearer ${options.apiKey}`,
        "content-type": "application/json",
        "idempotency-key": options.idempotencyKey,
      },
      body: JSON.stringify(mail),
      signal: AbortSignal.timeout(options.limitMs),
    });
    return replyOf(answer, await answer.json().catch(() => null));
  } catch {
    return { kind: "busy", name: "unreachable", retryAfterMs: undefined };
  }
}

function replyOf({ ok, status, headers }: Response, body: unknown): ResendReply {
  const id = accepted.safeParse(body).data?.id;
  if (ok) return { kind: "accepted", id: id ?? "unknown" };
  const name = refused.safeParse(body).data?.name ?? `http_${status}`;
  const isBusy =
    status >= SERVER_ERRORS ||
    (status === TOO_MANY && !QUOTAS.includes(name)) ||
    name === "concurrent_idempotent_requests";
  return isBusy ? { kind: "busy", name, retryAfterMs: retryAfterMs(headers) } : { kind: "refused", name };
}

/** Seconds, as Resend has it; a date is not understood. @see https://www.rfc-editor.org/rfc/rfc9110#name-retry-after */
function retryAfterMs(headers: Headers): number | undefined {
  const text = headers.get("retry-after") ?? "";
  return /^\d{1,6}$/u.test(text) ? Number(text) * 1000 : undefined;
}

import type { ServiceState } from "health-contract/report";

const RESEND_API = "https://api.resend.com";
const KEY_FORM = /^re_[A-Za-z0-9_]{8,}$/u;
const GOOD_NEWS_LASTS_MS = 60_000;
const BAD_NEWS_LASTS_MS = 5_000;

export interface EmailPorts {
  readonly fetch: (url: string, init: RequestInit) => Promise<Response>;
  /** Milliseconds. */
  readonly now: () => number;
  readonly limitMs: number;
}

let last: { readonly apiKey: string; readonly until: number; readonly state: ServiceState } | undefined;

/**
 * Whether Resend is there and knows our key; `slow` when it takes longer than the limit. Never throws. Asked at most
 * once a minute in an isolate while it is well: Resend limits requests, and a health check mustn't use up what mails
 * need.
 */
export async function checkEmail(apiKey: string, ports: EmailPorts): Promise<ServiceState> {
  if (last?.apiKey === apiKey && ports.now() < last.until) return last.state;

  const state = KEY_FORM.test(apiKey) ? await askResend(apiKey, ports) : "down";
  last = { apiKey, state, until: ports.now() + (state === "ok" ? GOOD_NEWS_LASTS_MS : BAD_NEWS_LASTS_MS) };
  return state;
}

/** A key that may only send isn't allowed to list domains; the refusal proves that Resend knows it. */
async function askResend(apiKey: string, { fetch, limitMs }: EmailPorts): Promise<ServiceState> {
  const signal = AbortSignal.timeout(limitMs);
  try {
    const answer = await fetch(`${RESEND_API}/domains`, {
      headers: { authorization: `Bearer ${apiKey}`, accept: "application/json" },
      signal,
    });
    return answer.ok || (await errorName(answer)) === "restricted_api_key" ? "ok" : "down";
  } catch {
    return signal.aborted ? "slow" : "down";
  }
}

/** @see https://resend.com/docs/api-reference/errors */
async function errorName(answer: Response): Promise<unknown> {
  const body: unknown = await answer.json();
  return typeof body === "object" && body !== null && "name" in body ? body.name : undefined;
}

import type { Fault } from "./fault.ts";

export interface Failure {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

type ErrorFault = Extract<Fault, { effect: "error" }>;
type Dialect = (fault: ErrorFault) => { readonly contentType: string; readonly body: string };

/** How each server words an error, so that a client reads it as the real one's. */
const DIALECTS = {
  cloudflare: ({ status, code, message }) => {
    const known = status === 429 ? RATE_LIMITED : UNKNOWN;
    const error = { code: code ?? known.code, message: message ?? known.message };
    const body = { result: null, success: false, errors: [error], messages: [] };
    return { contentType: JSON_TYPE, body: JSON.stringify(body) };
  },
  /** @see https://developers.cloudflare.com/support/troubleshooting/http-status-codes/cloudflare-5xx-errors/ */
  edge: ({ status, code, message }) => ({
    contentType: "text/plain; charset=UTF-8",
    body: message ?? `error code: ${code ?? status}`,
  }),
  /** @see failedAnswer in services/xata/errors.ts */
  xata: ({ code, message }) => ({
    contentType: "application/json",
    body: JSON.stringify({ message: message ?? "internal error", code: code ?? "XX000" }),
  }),
  /** @see https://resend.com/docs/api-reference/errors */
  resend: ({ status, code, message }) => {
    const known =
      status === 429
        ? {
            name: "rate_limit_exceeded",
            message:
              "Too many requests. Please limit the number of requests per second. Or contact support to increase rate limit.",
          }
        : { name: "internal_server_error", message: "An unexpected error occurred." };
    const body = { statusCode: status, name: code ?? known.name, message: message ?? known.message };
    return { contentType: "application/json", body: JSON.stringify(body) };
  },
} satisfies Record<string, Dialect>;

export type DialectName = keyof typeof DIALECTS;

const JSON_TYPE = "application/json; charset=UTF-8";
const UNKNOWN = { code: 10_013, message: "An unknown error has occurred." };
/** @see https://developers.cloudflare.com/fundamentals/api/reference/limits/ */
const RATE_LIMITED = { code: 971, message: "Please wait and consider throttling your request speed" };

export function failureOf(fault: ErrorFault, dialect: DialectName): Failure {
  const { contentType, body } = DIALECTS[dialect](fault);
  const { retryAfterSeconds } = fault;
  return {
    status: fault.status,
    headers: {
      "content-type": contentType,
      ...(retryAfterSeconds === undefined ? {} : { "retry-after": String(retryAfterSeconds) }),
    },
    body,
  };
}

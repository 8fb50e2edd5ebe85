import type { Outcome } from "./outcome.ts";

export interface Credentials {
  readonly email: string;
  readonly password: string;
}

export interface NewAccount extends Credentials {
  readonly name: string;
}

interface Refusal {
  readonly code: string | undefined;
  readonly message: string | undefined;
  readonly retryAfterSeconds: number | undefined;
}

type Reply = { readonly ok: true } | ({ readonly ok: false } & Refusal);

const UNREACHABLE = "FM5 can’t be reached. Please check your connection.";
const FAILED = "Something failed here. Please try again in a moment.";

/** What Better Auth's codes are about: a field, and what is wrong with it. */
const FIELD_PROBLEMS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  INVALID_NAME: { name: "Give a name of 100 characters at most." },
  INVALID_EMAIL: { email: "This is no e-mail address." },
  PASSWORD_TOO_SHORT: { password: "Take ten characters or more." },
  PASSWORD_TOO_LONG: { password: "Take 128 characters at most." },
};

const WORDS: Readonly<Record<string, string>> = {
  INVALID_EMAIL_OR_PASSWORD: "Address or password is wrong.",
  INVALID_TOKEN: "This link isn’t good any more. Ask for a new one.",
};

/** Asks for an account. The answer is the same whether or not the address has one: a mail tells its owner. */
export async function signUp(account: NewAccount): Promise<Outcome> {
  return outcomeFrom(await post("/api/auth/sign-up/email", account));
}

/** `unconfirmed`: the password is right, but first the address has to be confirmed by the mail that was just sent. */
export async function signIn(
  credentials: Credentials,
): Promise<Outcome & { readonly unconfirmed?: boolean }> {
  const reply = await post("/api/auth/sign-in/email", credentials);
  return { ...outcomeFrom(reply), unconfirmed: !reply.ok && reply.code === "EMAIL_NOT_VERIFIED" };
}

export async function sendConfirmation(email: string): Promise<Outcome> {
  return outcomeFrom(await post("/api/auth/send-verification-email", { email }), "The mail is on its way.");
}

export async function askForReset(email: string): Promise<Outcome> {
  return outcomeFrom(await post("/api/auth/request-password-reset", { email }));
}

export async function resetPassword(token: string, newPassword: string): Promise<Outcome> {
  return outcomeFrom(await post("/api/auth/reset-password", { token, newPassword }));
}

/** Signs out and starts anew at the home page: a whole new page, so that nothing of the old one stays in memory. */
export async function leave(): Promise<void> {
  await post("/api/auth/sign-out", {});
  globalThis.location.assign("/");
}

/** The secret in the address that a mail's link led to; null where there is none, and on the server. */
export function tokenInAddress(): string | null {
  return new URLSearchParams(globalThis.location?.hash.slice(1)).get("token");
}

function outcomeFrom(reply: Reply, done?: string): Outcome {
  if (reply.ok) return { ok: true, ...(done === undefined ? {} : { message: done }) };
  const { code = "", message = FAILED, retryAfterSeconds } = reply;
  if (retryAfterSeconds !== undefined)
    return { ok: false, message: `That was too often. Please try again in ${inWords(retryAfterSeconds)}.` };
  const fields = FIELD_PROBLEMS[code];
  return fields === undefined ? { ok: false, message: WORDS[code] ?? message } : { ok: false, fields };
}

async function post(path: string, body: unknown): Promise<Reply> {
  try {
    const answer = await fetch(path, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(body),
    });
    return answer.ok ? { ok: true } : { ok: false, ...(await refusalIn(answer)) };
  } catch {
    return { ok: false, code: undefined, message: UNREACHABLE, retryAfterSeconds: undefined };
  }
}

async function refusalIn(answer: Response): Promise<Refusal> {
  const body: unknown = await answer.json().catch(() => null);
  const { code, message } =
    typeof body === "object" && body !== null ? (body as Record<string, unknown>) : {};
  const wait = Number(answer.headers.get("retry-after"));
  return {
    code: typeof code === "string" ? code : undefined,
    message: typeof message === "string" ? message : undefined,
    retryAfterSeconds: wait > 0 ? wait : undefined,
  };
}

function inWords(seconds: number): string {
  if (seconds === 1) return "a second";
  return seconds < 90 ? `${seconds} seconds` : `${Math.ceil(seconds / 60)} minutes`;
}

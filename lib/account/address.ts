import { isAPIError } from "better-auth/api";
import { AppError } from "../app-error.ts";
import { recordEvent } from "../audit.ts";
import { type LinkToken, readLinkToken } from "../auth/link-token.ts";
import { mailAddressChanged } from "../auth/mails.ts";
import { forgetUnconfirmed } from "../auth/unconfirmed.ts";
import { currentAuth, keepCookies } from "../auth.ts";
import { database } from "../db.ts";
import { type RateLimit, requireTurn } from "../rate-limit.ts";
import { requestContext } from "../request-context.ts";
import type { Scope } from "../scope.ts";
import { requirePassword } from "./password.ts";

export interface Confirmed {
  /** Whether it is the address of a new account, or one that an account has changed to. */
  readonly what: "new_account" | "new_address";
  /** Whether this browser is signed in by it. */
  readonly signedIn: boolean;
}

const CONFIRMATIONS: RateLimit = { what: "confirm", max: 30, windowSeconds: 10 * 60 };

/**
 * Confirms an address by the token of a mail's link.
 * @throws AppError invalid when the link is too old, was used for another purpose or is none of ours; conflict when the
 * address has become another account's.
 */
export async function confirmAddress(token: string): Promise<Confirmed> {
  const { headers } = requestContext().request;
  await requireTurn(CONFIRMATIONS, headers.get("cf-connecting-ip") ?? "unknown");
  const link = readLinkToken(token);
  if (link === null) throw staleLink();
  if (link.updateTo !== undefined) await requireFree(link.updateTo);

  const { headers: cookies } = await currentAuth()
    .api.verifyEmail({ headers, query: { token }, returnHeaders: true })
    .catch(refuseStaleLink);
  keepCookies(cookies);
  if (link.updateTo === undefined) return { what: "new_account", signedIn: setsSession(cookies) };
  recordChange(link);
  return { what: "new_address", signedIn: false };
}

/**
 * Sends a link to the address that the account is to have. The answer is the same where another account has it.
 * @throws AppError invalid when the password is wrong or the address is the one it has.
 */
export async function askForNewAddress(
  scope: Scope,
  { newEmail, password }: { readonly newEmail: string; readonly password: string },
): Promise<void> {
  if (newEmail.toLowerCase() === scope.user.email)
    throw new AppError({ code: "invalid", message: "This is your address already.", field: "newEmail" });
  await requirePassword(scope, password);
  await forgetUnconfirmed(newEmail);
  await currentAuth().api.changeEmail({ headers: requestContext().request.headers, body: { newEmail } });
  recordEvent(scope.user.id, "email_change_asked");
}

function recordChange({ userId, email }: LinkToken): void {
  recordEvent(userId, "email_changed");
  mailAddressChanged(userId, email);
}

async function requireFree(address: string): Promise<void> {
  await forgetUnconfirmed(address);
  const taken = await database().user.findUnique({ where: { email: address }, select: { id: true } });
  if (taken !== null)
    throw new AppError({ code: "conflict", message: "Another account has this address by now." });
}

function setsSession(cookies: Headers): boolean {
  return cookies.getSetCookie().some((line) => /session_token=[^;]/u.test(line));
}

function refuseStaleLink(error: unknown): never {
  throw isAPIError(error) && error.statusCode < 500 ? staleLink(error) : error;
}

function staleLink(cause?: unknown): AppError {
  return new AppError({
    code: "invalid",
    message: "This link isn’t good any more.",
    hint: "It lasts an hour, and the last one that was sent counts. Ask for a new one.",
    cause,
  });
}

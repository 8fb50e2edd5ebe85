import { isAPIError } from "better-auth/api";
import { AppError } from "../app-error.ts";
import { recordEvent } from "../audit.ts";
import { mailPasswordChanged } from "../auth/mails.ts";
import { currentAuth, keepCookies } from "../auth.ts";
import { type RateLimit, requireTurn } from "../rate-limit.ts";
import { requestContext } from "../request-context.ts";
import type { Scope } from "../scope.ts";

/** Of one account, for whatever asks for its password once more. */
const PASSWORD_TRIES: RateLimit = { what: "password", max: 10, windowSeconds: 10 * 60 };

/** @throws AppError invalid when it isn't the account's password; rate_limited after too many tries. */
export async function requirePassword({ user }: Scope, password: string): Promise<void> {
  await requireTurn(PASSWORD_TRIES, user.id);
  const { headers } = requestContext().request;
  await currentAuth().api.verifyPassword({ headers, body: { password } }).catch(refuse("password"));
}

/** Other sessions end; this one goes on under another cookie. */
export async function changePassword(
  { user }: Scope,
  { currentPassword, newPassword }: { readonly currentPassword: string; readonly newPassword: string },
): Promise<void> {
  await requireTurn(PASSWORD_TRIES, user.id);
  const { headers: cookies } = await currentAuth()
    .api.changePassword({
      headers: requestContext().request.headers,
      body: { currentPassword, newPassword, revokeOtherSessions: true },
      returnHeaders: true,
    })
    .catch(refuse("currentPassword"));
  keepCookies(cookies);
  recordEvent(user.id, "password_changed");
  mailPasswordChanged(user);
}

/** Passwords that are too short or too long don't get here: the API's input has the same limits. */
function refuse(field: string): (error: unknown) => never {
  return (error) => {
    if (!isAPIError(error) || error.body?.code !== "INVALID_PASSWORD") throw error;
    throw new AppError({ code: "invalid", message: "This is not your password.", field, cause: error });
  };
}

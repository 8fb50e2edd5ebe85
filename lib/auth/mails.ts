import { sendMail } from "../email.ts";
import * as messages from "../email/message.ts";
import { type RateLimit, takeTurn } from "../rate-limit.ts";
import { requestContext } from "../request-context.ts";
import { readLinkToken } from "./link-token.ts";

interface Person {
  readonly id: string;
  readonly email: string;
}

/** To one address, by whoever asks for them: anyone may ask FM5 to write to anyone. */
const MAILS_ASKED_FOR: RateLimit = { what: "mail", max: 6, windowSeconds: 60 * 60 };

/** The link that confirms an address: a new account's, or the one that an account is to have. */
export async function mailConfirmation(person: Person, token: string): Promise<void> {
  const url = pageUrl("/verify", token);
  const isChange = readLinkToken(token)?.updateTo !== undefined;
  await mailIfTurn(person, isChange ? messages.confirmNewAddress(url) : messages.confirmAddress(url));
}

export async function mailAccountExists(person: Person): Promise<void> {
  await mailIfTurn(person, messages.accountExists(pageUrl("/sign-in"), pageUrl("/forgot")));
}

export async function mailPasswordReset(person: Person, token: string): Promise<void> {
  await mailIfTurn(person, messages.resetPassword(pageUrl("/reset", token)));
}

export function mailPasswordChanged({ id, email }: Person): void {
  sendMail({ to: email, userId: id, message: messages.passwordChanged(pageUrl("/forgot")) });
}

export function mailAddressChanged(userId: string, oldAddress: string): void {
  sendMail({ to: oldAddress, userId, message: messages.addressChanged() });
}

/** Who asks too often isn't told: it would tell whose address is known. */
async function mailIfTurn({ id, email }: Person, message: messages.Message): Promise<void> {
  const turn = await takeTurn(MAILS_ASKED_FOR, email.toLowerCase());
  if (turn.allowed) sendMail({ to: email, userId: id, message });
}

/**
 * A page of the site that was asked. A token goes after `#`, which browsers keep to themselves: no log has it, and whatever
 * opens a mail's links to look for dangers doesn't use it up.
 */
function pageUrl(path: string, token?: string): string {
  const url = new URL(path, requestContext().request.url);
  if (token !== undefined) url.hash = `token=${encodeURIComponent(token)}`;
  return url.href;
}

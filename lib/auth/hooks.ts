import type { BetterAuthOptions } from "better-auth";
import { APIError, createAuthMiddleware, isAPIError } from "better-auth/api";
import { expireCookie, setSessionCookie } from "better-auth/cookies";
import { recordEvent } from "../audit.ts";
import { database } from "../db.ts";
import { name as nameField } from "../fields.ts";
import { keepHouse } from "../housekeeping.ts";
import { type RateLimit, takeTurn } from "../rate-limit.ts";
import { requestContext } from "../request-context.ts";
import { readLinkToken } from "./link-token.ts";
import { NAME_CHARACTERS, PASSWORD_CHARACTERS } from "./limits.ts";
import { forgetUnconfirmed } from "./unconfirmed.ts";

type AuthContext = Parameters<Parameters<typeof createAuthMiddleware>[0]>[0];

/** At one account, from wherever it is tried. High, so that nobody can keep an owner out by guessing. */
const TRIES_AT_ONE_ACCOUNT: RateLimit = { what: "sign-in", max: 100, windowSeconds: 60 * 60 };
/** How long a browser that has signed up is signed in by the mail's link alone. */
const SIGN_UP_COOKIE = ["sign_up", { maxAge: 60 * 60 }] as const;

export const beforeAuth = createAuthMiddleware(async (context) => {
  if (context.path === "/sign-up/email") await makeRoom(context.body);
  if (context.path === "/sign-in/email") await limitTries(context.body);
});

export const afterAuth = createAuthMiddleware(async (context) => {
  if (context.path === "/sign-up/email") await rememberSignUp(context);
  if (context.path === "/sign-in/email") recordSignIn(context);
  if (context.path === "/verify-email") await signInWhoSignedUp(context);
});

export const databaseHooks: BetterAuthOptions["databaseHooks"] = {
  user: {
    create: {
      before: (user) => Promise.resolve({ data: { ...user, name: personName(user.name), image: null } }),
      after: (user) => Promise.resolve(recordEvent(user.id, "sign_up")),
    },
  },
  session: {
    delete: {
      after: (session, context) => {
        if (context?.path === "/sign-out") recordEvent(session.userId, "sign_out");
        return Promise.resolve();
      },
    },
  },
};

/** A sign-up that is going to be refused doesn't make room for itself. */
async function makeRoom(body: unknown): Promise<void> {
  const { email, password } = credentialsIn(body);
  const { min, max } = PASSWORD_CHARACTERS;
  if (email.includes("@") && password.length >= min && password.length <= max) await forgetUnconfirmed(email);
}

async function limitTries(body: unknown): Promise<void> {
  const turn = await takeTurn(TRIES_AT_ONE_ACCOUNT, credentialsIn(body).email.toLowerCase());
  if (turn.allowed) return;
  const message = "Too many requests. Please try again later.";
  throw new APIError("TOO_MANY_REQUESTS", { message }, { "x-retry-after": String(turn.retryAfterSeconds) });
}

/** In any case, so that an address that has an account already is answered in the same way. */
async function rememberSignUp(context: AuthContext): Promise<void> {
  const userId = signedUpId(context.context.returned);
  if (userId === null) return;
  const { name, attributes } = context.context.createAuthCookie(...SIGN_UP_COOKIE);
  await context.setSignedCookie(name, userId, context.context.secret, attributes);
}

/**
 * A confirmed address proves whose mailbox it is, not who chose the password. Where both are the same browser it is signed
 * in; elsewhere the password is asked for.
 */
async function signInWhoSignedUp(context: AuthContext): Promise<void> {
  const { returned, secret, internalAdapter } = context.context;
  const token = readLinkToken(String(context.query?.["token"]));
  if (isAPIError(returned) || token === null || token.updateTo !== undefined) return;
  const cookie = context.context.createAuthCookie(...SIGN_UP_COOKIE);
  if ((await context.getSignedCookie(cookie.name, secret)) !== token.userId) return;

  const user = await internalAdapter.findUserById(token.userId);
  if (user === null) return;
  const session = await internalAdapter.createSession(user.id);
  await setSessionCookie(context, { session, user });
  expireCookie(context, cookie);
  recordEvent(user.id, "sign_in");
}

function recordSignIn(context: AuthContext): void {
  const { newSession, returned } = context.context;
  if (newSession !== null) {
    recordEvent(newSession.user.id, "sign_in");
    keepHouse();
  } else if (isAPIError(returned) && returned.statusCode === 401)
    requestContext().waitUntil(recordFailure(credentialsIn(context.body).email));
}

/** After the answer, which takes as long where there is no such account. */
async function recordFailure(address: string): Promise<void> {
  const user = await database().user.findUnique({
    where: { email: address.toLowerCase() },
    select: { id: true },
  });
  if (user !== null) recordEvent(user.id, "sign_in_failed");
}

function personName(given: string): string {
  const name = nameField(NAME_CHARACTERS).safeParse(given);
  if (name.success) return name.data;
  throw new APIError("BAD_REQUEST", {
    code: "INVALID_NAME",
    message: `Give a name of ${NAME_CHARACTERS} characters at most.`,
  });
}

function signedUpId(returned: unknown): string | null {
  if (!isRecord(returned) || !isRecord(returned["user"])) return null;
  const { id } = returned["user"];
  return typeof id === "string" ? id : null;
}

function credentialsIn(body: unknown): { readonly email: string; readonly password: string } {
  const { email, password } = isRecord(body) ? body : {};
  return {
    email: typeof email === "string" ? email : "",
    password: typeof password === "string" ? password : "",
  };
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null;
}

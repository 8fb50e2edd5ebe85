import { prismaAdapter } from "better-auth/adapters/prisma";
import { betterAuth } from "better-auth/minimal";
import { jwt } from "better-auth/plugins/jwt";
import { recordEvent } from "./audit.ts";
import { afterAuth, beforeAuth, databaseHooks } from "./auth/hooks.ts";
import { PASSWORD_CHARACTERS } from "./auth/limits.ts";
import { mailAccountExists, mailConfirmation, mailPasswordChanged, mailPasswordReset } from "./auth/mails.ts";
import { youngSession } from "./auth/young-session.ts";
import { currentDatabase, database, statements } from "./db.ts";
import type { Env } from "./env.ts";
import { storedJwtKeys } from "./jwt-keys.ts";
import { logError } from "./log.ts";
import { takeTurn } from "./rate-limit.ts";
import { requestContext } from "./request-context.ts";

const HOUR_SECONDS = 60 * 60;
const DAY_SECONDS = 24 * HOUR_SECONDS;
const ORIGINS_KEPT = 8;

type Auth = ReturnType<typeof buildAuth>;

/** A signed-in person. Dates and tokens stay on the server. */
export interface SignedIn {
  readonly id: string;
  readonly name: string;
  readonly email: string;
  readonly emailVerified: boolean;
  readonly role: "owner" | "admin";
  /** ISO 4217. */
  readonly currency: string;
  /** Which of the person's sessions it is. Opens nothing: the cookie holds another secret. */
  readonly sessionId: string;
}

/**
 * What Better Auth answers to browsers, below `/api/auth`. Whatever else it can do is done by our own procedures
 * (lib/routers/account.ts), which ask for a password where they should and write down what happened.
 */
const PATHS = [
  "/sign-up/email",
  "/sign-in/email",
  "/sign-out",
  "/get-session",
  "/send-verification-email",
  "/request-password-reset",
  "/reset-password",
  "/token",
  "/jwks",
];
/** Read often and by signature alone or by one look at the session: counting them would cost more than answering. */
const NOT_COUNTED = { "/get-session": false, "/token": false, "/jwks": false } as const;

/** Better Auth takes 16 times longer to build than to answer, so an isolate builds it once for each of its origins. */
const built = new Map<string, Auth>();

/**
 * Answers everything under `/api/auth/`.
 * @throws whatever failed that isn't the asker's fault.
 */
export async function answerAuth(request: Request): Promise<Response> {
  const { pathname } = new URL(request.url);
  if (!PATHS.some((path) => pathname === `/api/auth${path}`)) return new Response(null, { status: 404 });
  const answer = await currentAuth().handler(request);
  if (answer.status >= 500) throw new Error(`Better Auth answered ${answer.status}`);
  const wait = answer.headers.get("x-retry-after");
  if (wait !== null) requestContext().answerHeaders.set("retry-after", wait);
  return answer;
}

/** Who asks, by the session's cookie; null without a session that is still good. A session that is renewed sets its cookie. */
export async function signedIn(request: Request): Promise<SignedIn | null> {
  const rules = await currentAuth().$context;
  const young = await youngSession({ request, rules, database: statements() });
  if (young === null) return signedInByBetterAuth(request);
  return { ...young, role: roleIn(young.role) };
}

async function signedInByBetterAuth(request: Request): Promise<SignedIn | null> {
  const { headers, response } = await currentAuth().api.getSession({
    headers: request.headers,
    returnHeaders: true,
  });
  keepCookies(headers);
  if (response === null) return null;
  const { id, name, email, emailVerified, role, currency } = response.user;
  return { id, name, email, emailVerified, role: roleIn(role), currency, sessionId: response.session.id };
}

function roleIn(stored: string): SignedIn["role"] {
  return stored === "admin" ? "admin" : "owner";
}

/**
 * Better Auth for the origin that the current request asks.
 * @throws EnvError when a setting is missing or unusable.
 */
export function currentAuth(): Auth {
  const { request, env } = requestContext();
  const { origin } = new URL(request.url);
  const known = built.get(origin);
  if (known !== undefined) return known;

  const auth = buildAuth(origin, env());
  if (built.size >= ORIGINS_KEPT) built.clear();
  built.set(origin, auth);
  return auth;
}

/** Has the current request's answer set the cookies that a call of Better Auth's wants to set. */
export function keepCookies(headers: Headers): void {
  for (const cookie of headers.getSetCookie()) requestContext().answerHeaders.append("set-cookie", cookie);
}

/**
 * `baseURL` decides whether cookies are `Secure` (by the scheme that was really used) and which origin may send forms.
 * Whatever Better Auth would derive from NODE_ENV is set here.
 */
function buildAuth(origin: string, env: Env) {
  return betterAuth({
    appName: "FM5",
    baseURL: origin,
    secret: env.BETTER_AUTH_SECRET,
    database: prismaAdapter(currentDatabase(), { provider: "postgresql" }),
    emailAndPassword: {
      enabled: true,
      minPasswordLength: PASSWORD_CHARACTERS.min,
      maxPasswordLength: PASSWORD_CHARACTERS.max,
      // No session before the address is confirmed; a sign-up then answers the same whether or not it has an account.
      requireEmailVerification: true,
      onExistingUserSignUp: ({ user }) => mailAccountExists(user),
      sendResetPassword: ({ user, token }) => mailPasswordReset(user, token),
      resetPasswordTokenExpiresIn: HOUR_SECONDS,
      revokeSessionsOnPasswordReset: true,
      onPasswordReset: ({ user }) => afterPasswordReset(user),
    },
    emailVerification: {
      sendOnSignUp: true,
      sendOnSignIn: true,
      expiresIn: HOUR_SECONDS,
      sendVerificationEmail: ({ user, token }) => mailConfirmation(user, token),
      afterEmailVerification: ({ id }) => Promise.resolve(recordEvent(id, "verified")),
    },
    user: {
      changeEmail: { enabled: true },
      // `input: false`: nobody sets them by signing up or by Better Auth's own update.
      additionalFields: {
        role: { type: "string", required: true, defaultValue: "owner", input: false },
        currency: { type: "string", required: true, defaultValue: "EUR", input: false },
      },
    },
    session: { expiresIn: 7 * DAY_SECONDS, updateAge: DAY_SECONDS },
    rateLimit: { enabled: true, customStorage: { consume: countRequest }, customRules: NOT_COUNTED },
    hooks: { before: beforeAuth, after: afterAuth },
    databaseHooks,
    telemetry: { enabled: false },
    advanced: {
      cookiePrefix: "fm5",
      // A session comes with its user in one statement.
      database: { joins: true },
      ipAddress: { ipAddressHeaders: ["cf-connecting-ip"] },
      backgroundTasks: { handler: (work) => requestContext().waitUntil(work) },
    },
    plugins: [
      jwt({
        jwt: {
          issuer: "fm5-app",
          audience: ["fm5-web"],
          expirationTime: "15m",
          definePayload: ({ user: { name, email } }) => ({ name, email }),
        },
        // The keys are encrypted all the same: by lib/jwt-keys.ts, under JWT_SECRET.
        jwks: {
          keyPairConfig: { alg: "EdDSA", crv: "Ed25519" },
          disablePrivateKeyEncryption: true,
          rotationInterval: 30 * DAY_SECONDS,
        },
        // A token is signed when it is asked for at /api/auth/token, not with every look at the session.
        disableSettingJwtHeader: true,
        adapter: storedJwtKeys(env.JWT_SECRET),
      }),
    ],
    // An error that is an answer, such as 401, is still answered; any other is thrown.
    onAPIError: { errorURL: "/sign-in", throw: true },
    logger: { level: "error", disableColors: true, log: reportAuthLog },
  });
}

/** Better Auth's limits, counted where FM5's are. */
async function countRequest(key: string, { window: windowSeconds, max }: { window: number; max: number }) {
  const turn = await takeTurn({ what: "auth", max, windowSeconds }, key);
  return { allowed: turn.allowed, retryAfter: turn.allowed ? null : turn.retryAfterSeconds };
}

/** Who gets a mail and chooses a password by it has shown whose the address is. */
async function afterPasswordReset(user: {
  id: string;
  email: string;
  emailVerified: boolean;
}): Promise<void> {
  recordEvent(user.id, "password_reset");
  mailPasswordChanged(user);
  if (user.emailVerified) return;
  await database().user.update({ where: { id: user.id }, data: { emailVerified: true } });
  recordEvent(user.id, "verified");
}

function reportAuthLog(_level: string, message: string, ...details: unknown[]): void {
  const error = details.find((detail) => detail instanceof Error) ?? new Error(message);
  logError("auth reports", error, requestContext());
}

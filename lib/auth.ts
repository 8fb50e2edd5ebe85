import { prismaAdapter } from "better-auth/adapters/prisma";
import { betterAuth } from "better-auth/minimal";
import { jwt } from "better-auth/plugins/jwt";
import { currentDatabase } from "./db.ts";
import type { Env } from "./env.ts";
import { storedJwtKeys } from "./jwt-keys.ts";
import { logError } from "./log.ts";
import { requestContext } from "./request-context.ts";

const DAY_SECONDS = 24 * 60 * 60;
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
}

/** Better Auth takes 16 times longer to build than to answer, so an isolate builds it once for each of its origins. */
const built = new Map<string, Auth>();

/**
 * Answers everything under `/api/auth/`.
 * @throws whatever failed that isn't the asker's fault.
 */
export async function answerAuth(request: Request): Promise<Response> {
  const answer = await authFor(request).handler(request);
  if (answer.status >= 500) throw new Error(`Better Auth answered ${answer.status}`);
  return answer;
}

/** Who asks, by the session's cookie; null without a session that is still good. */
export async function signedIn(request: Request): Promise<SignedIn | null> {
  const found = await authFor(request).api.getSession({ headers: request.headers });
  if (found === null) return null;
  const { id, name, email, emailVerified, role, currency } = found.user;
  return { id, name, email, emailVerified, role: role === "admin" ? "admin" : "owner", currency };
}

/** @throws EnvError when a setting is missing or unusable. */
function authFor(request: Request): Auth {
  const { origin } = new URL(request.url);
  const known = built.get(origin);
  if (known !== undefined) return known;

  const auth = buildAuth(origin, requestContext().env());
  if (built.size >= ORIGINS_KEPT) built.clear();
  built.set(origin, auth);
  return auth;
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
    emailAndPassword: { enabled: true, minPasswordLength: 10, maxPasswordLength: 128 },
    user: {
      // `input: false`: nobody sets them by signing up or by Better Auth's own update.
      additionalFields: {
        role: { type: "string", required: true, defaultValue: "owner", input: false },
        currency: { type: "string", required: true, defaultValue: "EUR", input: false },
      },
    },
    session: { expiresIn: 7 * DAY_SECONDS, updateAge: DAY_SECONDS },
    rateLimit: { enabled: true, storage: "memory" },
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

function reportAuthLog(_level: string, message: string, ...details: unknown[]): void {
  const error = details.find((detail) => detail instanceof Error) ?? new Error(message);
  logError("auth reports", error, requestContext());
}

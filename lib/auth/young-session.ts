import { parseCookies } from "better-auth/cookies";
import type { XataClient } from "prisma-xata";

/** Who has a session, and which. */
export interface SessionOwner {
  readonly id: string;
  readonly name: string;
  readonly email: string;
  readonly emailVerified: boolean;
  readonly role: string;
  /** ISO 4217. */
  readonly currency: string;
  readonly sessionId: string;
}

/** As much of Better Auth's own context as tells how it keeps sessions. */
interface SessionRules {
  readonly authCookies: { readonly sessionToken: { readonly name: string } };
  /** Signs the cookie. */
  readonly secret: string;
  /** Seconds. A session is renewed when it is older than `updateAge`. */
  readonly sessionConfig: { readonly expiresIn: number; readonly updateAge: number };
}

interface SessionQuestion {
  readonly request: Request;
  readonly rules: SessionRules;
  readonly database: Pick<XataClient, "query">;
}

const OWNER = `
  SELECT sessions.id AS "sessionId", users.id, name, email, "emailVerified", role, currency
  FROM sessions JOIN users ON users.id = "userId"
  WHERE token = $1 AND "expiresAt" > $2`;

/**
 * Whose session the request's cookie opens, by one statement; null for whatever Better Auth has to decide: no session, one that
 * is to be renewed, one that has ended. Better Auth and Prisma take several times as much of a processor for the same answer.
 */
export async function youngSession({
  request,
  rules,
  database,
}: SessionQuestion): Promise<SessionOwner | null> {
  const cookies = parseCookies(request.headers.get("cookie") ?? "");
  const token = await tokenIn(cookies.get(rules.authCookies.sessionToken.name) ?? "", rules.secret);
  if (token === null) return null;
  const { expiresIn, updateAge } = rules.sessionConfig;
  const renewedUntil = new Date(Date.now() + (expiresIn - updateAge) * 1000);
  const { rows } = await database.query(OWNER, [token, renewedUntil]);
  return (rows[0] as SessionOwner | undefined) ?? null;
}

/** The cookie as Better Auth writes it: the token, a dot and the token's HMAC-SHA-256; null when that isn't right. */
async function tokenIn(cookie: string, secret: string): Promise<string | null> {
  const dot = cookie.lastIndexOf(".");
  if (dot < 1) return null;
  const [token, encoded] = [cookie.slice(0, dot), cookie.slice(dot + 1)];
  const signature = Buffer.from(encoded, "base64");
  if (signature.toString("base64") !== encoded) return null;
  const isOurs = await crypto.subtle.verify("HMAC", await keyOf(secret), signature, Buffer.from(token));
  return isOurs ? token : null;
}

let imported: { readonly secret: string; readonly key: CryptoKey } | undefined;

/** An isolate has one secret. */
async function keyOf(secret: string): Promise<CryptoKey> {
  if (imported?.secret === secret) return imported.key;
  const algorithm = { name: "HMAC", hash: "SHA-256" };
  const key = await crypto.subtle.importKey("raw", Buffer.from(secret), algorithm, false, ["verify"]);
  imported = { secret, key };
  return key;
}

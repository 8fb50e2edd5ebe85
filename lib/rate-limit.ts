import { createHash, randomUUID } from "node:crypto";
import { AppError } from "./app-error.ts";
import { requestContext } from "./request-context.ts";

export interface RateLimit {
  /** What is counted: one word per kind of action. */
  readonly what: string;
  readonly max: number;
  readonly windowSeconds: number;
}

type Turn = { readonly allowed: true } | { readonly allowed: false; readonly retryAfterSeconds: number };

/** Of one account, whatever it changes. */
export const CHANGES: RateLimit = { what: "change", max: 300, windowSeconds: 60 };

/**
 * Counts one more action of a subject (an account, an address) and says whether it is within the limit. One statement,
 * so that requests of all isolates at once are counted right. A window begins with its first action.
 */
export async function takeTurn(limit: RateLimit, subject: string): Promise<Turn> {
  const now = Date.now();
  const oldest = now - limit.windowSeconds * 1000;
  const [row] = await requestContext().database().$queryRaw<{ count: number; lastRequest: bigint }[]>`
    INSERT INTO rate_limits AS kept (id, key, count, "lastRequest")
    VALUES (${randomUUID()}, ${keyOf(limit, subject)}, 1, ${now}::bigint)
    ON CONFLICT (key) DO UPDATE SET
      count = CASE WHEN kept."lastRequest" <= ${oldest}::bigint THEN 1 ELSE kept.count + 1 END,
      "lastRequest" = CASE WHEN kept."lastRequest" <= ${oldest}::bigint THEN ${now}::bigint ELSE kept."lastRequest" END
    RETURNING count, "lastRequest"`;
  if (row === undefined) throw new Error("PostgreSQL returned no row of an upsert");
  if (row.count <= limit.max) return { allowed: true };
  const endsAt = Number(row.lastRequest) + limit.windowSeconds * 1000;
  return { allowed: false, retryAfterSeconds: Math.max(1, Math.ceil((endsAt - now) / 1000)) };
}

/** @throws AppError rate_limited when the subject has done it too often. */
export async function requireTurn(limit: RateLimit, subject: string): Promise<void> {
  const turn = await takeTurn(limit, subject);
  if (turn.allowed) return;
  throw new AppError({
    code: "rate_limited",
    message: "That was too often.",
    hint: `Please try again ${inWords(turn.retryAfterSeconds)}.`,
    retryAfterSeconds: turn.retryAfterSeconds,
  });
}

/** The database holds no address: a key is told by nobody who lacks the Worker's secret. */
function keyOf({ what }: RateLimit, subject: string): string {
  const { BETTER_AUTH_SECRET: secret } = requestContext().env();
  return `${what}:${createHash("sha256").update(`${secret}\0${what}\0${subject}`).digest("base64url")}`;
}

function inWords(seconds: number): string {
  if (seconds < 90) return seconds === 1 ? "in a second" : `in ${seconds} seconds`;
  return `in ${Math.ceil(seconds / 60)} minutes`;
}

import type { PrismaClient } from "../generated/prisma/client.ts";
import { purgeLeftovers } from "./account/leftovers.ts";
import { logError } from "./log.ts";
import { requestContext } from "./request-context.ts";

const HOUR_MS = 60 * 60 * 1000;
const DAY_MS = 24 * HOUR_MS;
/** How long rows are kept that nobody needs after a while. docs/accounts.md tells of them. */
const KEPT_MS = {
  unconfirmedAccount: 7 * DAY_MS,
  rateLimit: DAY_MS,
  auditEvent: 400 * DAY_MS,
  emailDelivery: 90 * DAY_MS,
};
/** A mail on its way for longer has lost its request: an isolate may end at any time. */
const MAIL_TAKES_MS = 10 * 60 * 1000;

let lastSweptAt = 0;

/**
 * Work that has to be done now and then, after the answer to a request that comes now and then: goes on with the files of
 * deleted accounts, and once an hour in an isolate deletes rows whose time is over.
 */
export function keepHouse(): void {
  const { database, waitUntil } = requestContext();
  waitUntil(purgeLeftovers(database()));
  if (Date.now() - lastSweptAt < HOUR_MS) return;
  lastSweptAt = Date.now();
  waitUntil(sweep(database()));
}

/** In one request to the database. Never throws. */
async function sweep(database: PrismaClient): Promise<void> {
  const now = Date.now();
  const before = (ageMs: number) => ({ lt: new Date(now - ageMs) });
  try {
    await database.$transaction([
      database.session.deleteMany({ where: { expiresAt: before(0) } }),
      database.verification.deleteMany({ where: { expiresAt: before(0) } }),
      database.user.deleteMany({
        where: { emailVerified: false, createdAt: before(KEPT_MS.unconfirmedAccount) },
      }),
      database.rateLimit.deleteMany({ where: { lastRequest: { lt: now - KEPT_MS.rateLimit } } }),
      database.auditEvent.deleteMany({ where: { at: before(KEPT_MS.auditEvent) } }),
      database.emailDelivery.deleteMany({ where: { createdAt: before(KEPT_MS.emailDelivery) } }),
      database.emailDelivery.updateMany({
        where: { state: "pending", createdAt: before(MAIL_TAKES_MS) },
        data: { state: "failed", lastError: "lost" },
      }),
    ]);
  } catch (error) {
    logError("rows whose time is over could not be deleted", error, requestContext());
  }
}

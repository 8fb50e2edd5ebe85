import { recordEvent } from "../audit.ts";
import { notFound, type Scope } from "../scope.ts";

/** @throws AppError not_found, for another's session too. */
export async function revokeSession({ user, database }: Scope, id: string): Promise<void> {
  const { count } = await database.session.deleteMany({ where: { id, userId: user.id } });
  if (count === 0) throw notFound("session");
  recordEvent(user.id, "session_revoked");
}

/** How many ended: all but the one that asks. */
export async function revokeOtherSessions({ user, database }: Scope): Promise<number> {
  const { count } = await database.session.deleteMany({
    where: { userId: user.id, id: { not: user.sessionId } },
  });
  if (count > 0) recordEvent(user.id, "session_revoked");
  return count;
}

import { logError } from "./log.ts";
import { requestContext } from "./request-context.ts";

/** What can happen to an account. The table outlives accounts, so nothing is ever taken off this list. */
export const AUDIT_TYPES = [
  "sign_up",
  "verified",
  "sign_in",
  "sign_in_failed",
  "sign_out",
  "password_changed",
  "password_reset",
  "email_change_asked",
  "email_changed",
  "profile_changed",
  "session_revoked",
  "exported",
  "role_changed",
  "role_decided",
  "deleted",
] as const;

export type AuditType = (typeof AUDIT_TYPES)[number];

/** An event as the table has it, of the current request. */
export function auditEvent(userId: string, type: AuditType) {
  return { id: crypto.randomUUID(), userId, type, requestId: requestContext().requestId };
}

/** Writes down what happened, after the answer has gone. A failure is told in the log, and to nobody else. */
export function recordEvent(userId: string, type: AuditType): void {
  const context = requestContext();
  const data = auditEvent(userId, type);
  const report = (error: unknown) => logError(`audit: ${type} was not written down`, error, context);
  context.waitUntil(
    context
      .database()
      .auditEvent.create({ data })
      .then(() => undefined, report),
  );
}

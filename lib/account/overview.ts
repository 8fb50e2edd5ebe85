import { AUDIT_TYPES, type AuditType } from "../audit.ts";
import type { DeliveryState, Session } from "../../generated/prisma/client.ts";
import type { Scope } from "../scope.ts";

interface SessionSummary {
  readonly id: string;
  /** Whether it is the one that asks. */
  readonly current: boolean;
  readonly signedInAt: Date;
  /** At most a day old where the session is in use. */
  readonly seenAt: Date;
  readonly address: string | null;
  readonly userAgent: string | null;
}

interface ActivityEntry {
  readonly id: string;
  readonly type: AuditType;
  readonly at: Date;
}

interface MailEntry {
  readonly id: string;
  readonly template: string;
  readonly state: DeliveryState;
  readonly at: Date;
}

interface AccountOverview {
  /** Those that are still good: the one that asks first, then by when they were seen. */
  readonly sessions: readonly SessionSummary[];
  /** What happened to the account, newest first. */
  readonly activity: readonly ActivityEntry[];
  /** What became of the last mails to the account, newest first. */
  readonly mails: readonly MailEntry[];
}

const SESSIONS_SHOWN = 50;
const EVENTS_SHOWN = 30;
const MAILS_SHOWN = 5;

/** What the account's page tells, in one request to the database. */
export async function accountOverview({ user, database }: Scope): Promise<AccountOverview> {
  const [sessions, events, mails] = await database.$transaction([
    database.session.findMany({
      where: { userId: user.id, expiresAt: { gt: new Date() } },
      orderBy: { updatedAt: "desc" },
      take: SESSIONS_SHOWN,
    }),
    database.auditEvent.findMany({
      where: { userId: user.id, type: { in: [...AUDIT_TYPES] } },
      orderBy: { at: "desc" },
      take: EVENTS_SHOWN,
    }),
    database.emailDelivery.findMany({
      where: { userId: user.id },
      orderBy: { createdAt: "desc" },
      take: MAILS_SHOWN,
    }),
  ]);
  return {
    sessions: sessions
      .map((session) => summaryOf(session, user.sessionId))
      .toSorted((a, b) => Number(b.current) - Number(a.current)),
    activity: events.map(({ id, type, at }) => ({ id, type: type as AuditType, at })),
    mails: mails.map(({ id, template, state, createdAt }) => {
      return { id, template, state, at: createdAt };
    }),
  };
}

function summaryOf(session: Session, current: string): SessionSummary {
  return {
    id: session.id,
    current: session.id === current,
    signedInAt: session.createdAt,
    seenAt: session.updatedAt,
    address: session.ipAddress || null,
    userAgent: session.userAgent || null,
  };
}

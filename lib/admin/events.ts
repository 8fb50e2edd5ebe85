import { z } from "zod";
import { AUDIT_TYPES, type AuditType } from "../audit.ts";
import { type Page, pageOf, readCursor } from "../keyset.ts";
import type { Scope } from "../scope.ts";

export interface EventSummary {
  readonly id: string;
  readonly type: AuditType;
  readonly at: Date;
  readonly userId: string;
  /** Null when the account is gone. */
  readonly email: string | null;
  /** By which the log is searched. */
  readonly requestId: string;
}

const PAGE = 50;
const cursorKey = z.tuple([z.iso.datetime(), z.string()]);

interface EventFilter {
  /** Only what happened to this account. */
  readonly userId?: string | null | undefined;
  readonly cursor?: string | null | undefined;
}

/** What happened to all accounts, newest first. */
export async function listEvents(
  { database }: Scope,
  { userId, cursor }: EventFilter,
): Promise<Page<EventSummary>> {
  const found = await database.auditEvent.findMany({
    where: {
      type: { in: [...AUDIT_TYPES] },
      ...(userId ? { userId } : {}),
      ...(cursor ? { AND: before(readCursor(cursor, cursorKey)) } : {}),
    },
    orderBy: [{ at: "desc" }, { id: "desc" }],
    take: PAGE + 1,
  });
  const page = pageOf({ found, limit: PAGE, keyOf: ({ at, id }) => [at.toISOString(), id] });
  const users = await database.user.findMany({
    where: { id: { in: [...new Set(page.items.map((event) => event.userId))] } },
    select: { id: true, email: true },
  });
  const emails = new Map(users.map(({ id, email }) => [id, email]));
  const items = page.items.map((event) => {
    return { ...event, type: event.type as AuditType, email: emails.get(event.userId) ?? null };
  });
  return { ...page, items };
}

function before([at, id]: z.infer<typeof cursorKey>) {
  return { OR: [{ at: { lt: at } }, { at, id: { lt: id } }] };
}

import { z } from "zod";
import { AppError } from "../app-error.ts";
import { auditEvent } from "../audit.ts";
import { type Page, pageOf, readCursor } from "../keyset.ts";
import type { Scope } from "../scope.ts";
import { Role } from "../../generated/prisma/enums.ts";

export interface UserSummary {
  readonly id: string;
  readonly name: string;
  readonly email: string;
  readonly emailVerified: boolean;
  readonly role: Role;
  readonly createdAt: Date;
}

interface UserFilter {
  /** Part of a name or an address. */
  readonly search: string;
  readonly cursor?: string | null | undefined;
}

const PAGE = 50;
const cursorKey = z.tuple([z.iso.datetime(), z.string()]);

/** Who has an account, the newest first. */
export async function listUsers(
  { database }: Scope,
  { search, cursor }: UserFilter,
): Promise<Page<UserSummary>> {
  const matching = { contains: search.replaceAll(/[\\%_]/gu, "\\$&"), mode: "insensitive" as const };
  const found = await database.user.findMany({
    where: {
      ...(search === "" ? {} : { OR: [{ name: matching }, { email: matching }] }),
      ...(cursor ? { AND: olderThan(readCursor(cursor, cursorKey)) } : {}),
    },
    orderBy: [{ createdAt: "desc" }, { id: "desc" }],
    take: PAGE + 1,
  });
  return pageOf({ found, limit: PAGE, keyOf: ({ createdAt, id }) => [createdAt.toISOString(), id] });
}

/**
 * Makes somebody an admin, or an admin an owner again.
 * @throws AppError not_found; conflict for the last admin, or for somebody whose address isn't confirmed
 */
export async function setRole(
  { user: admin, database }: Scope,
  { userId, role }: { readonly userId: string; readonly role: Role },
): Promise<void> {
  const user = await database.user.findUnique({ where: { id: userId } });
  if (user === null) throw new AppError({ code: "not_found", message: "This account is gone." });
  if (user.role === role) return;
  if (role === Role.owner) await demote(database, userId);
  else await promote(database, userId);
  await database.auditEvent.createMany({
    data: [auditEvent(userId, "role_changed"), auditEvent(admin.id, "role_decided")],
  });
}

async function promote(database: Scope["database"], id: string): Promise<void> {
  const { count } = await database.user.updateMany({
    where: { id, emailVerified: true },
    data: { role: Role.admin },
  });
  if (count === 0)
    throw new AppError({ code: "conflict", message: "This account’s address isn’t confirmed yet." });
}

/** Looks at all admins and locks them, so that two admins who demote each other at once don't both succeed. */
async function demote(database: Scope["database"], id: string): Promise<void> {
  const count = await database.$executeRaw`
    WITH admins AS (SELECT id FROM users WHERE role = 'admin' ORDER BY id FOR UPDATE)
    UPDATE users SET role = 'owner', "updatedAt" = now()
    WHERE id = ${id} AND id IN (SELECT id FROM admins) AND (SELECT count(*) FROM admins) > 1`;
  if (count === 0)
    throw new AppError({
      code: "conflict",
      message: "This is the last admin.",
      hint: "Make somebody else an admin first.",
    });
}

function olderThan([createdAt, id]: z.infer<typeof cursorKey>) {
  return { OR: [{ createdAt: { lt: createdAt } }, { createdAt, id: { lt: id } }] };
}

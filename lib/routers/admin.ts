import { healthReportSchema } from "health-contract/report";
import { z } from "zod";
import { Role } from "../../generated/prisma/enums.ts";
import { listEvents } from "../admin/events.ts";
import { retryFile } from "../admin/files.ts";
import { systemHealth, systemOverview } from "../admin/system.ts";
import { listUsers, setRole } from "../admin/users.ts";
import { AUDIT_TYPES } from "../audit.ts";
import { cursor, instant, listOf, pageSchema, text } from "../fields.ts";
import { adminProcedure, router } from "../trpc.ts";

const user = z.object({
  id: z.string(),
  name: z.string(),
  email: z.string(),
  emailVerified: z.boolean(),
  role: z.enum(Role),
  createdAt: instant,
});

const system = z.object({
  accounts: z.int(),
  unconfirmedAccounts: z.int(),
  failedMails: listOf(
    z.object({
      id: z.string(),
      template: z.string(),
      attempts: z.int(),
      error: z.string().nullable(),
      at: instant,
    }),
  ),
  stuckFiles: listOf(z.object({ id: z.string(), since: instant })),
  leftovers: listOf(z.object({ ownerId: z.string(), since: instant, attempts: z.int() })),
});

const event = z.object({
  id: z.string(),
  type: z.enum(AUDIT_TYPES),
  at: instant,
  userId: z.string(),
  email: z.string().nullable(),
  requestId: z.string(),
});

/** Who uses FM5, and how it is. */
export const admin = router({
  users: adminProcedure
    .input(z.object({ search: text(200).default(""), cursor }))
    .output(pageSchema(user))
    .query(({ ctx, input }) => listUsers(ctx.scope, input)),
  setRole: adminProcedure
    .input(z.object({ userId: z.string().max(64), role: z.enum(Role) }))
    .mutation(({ ctx, input }) => setRole(ctx.scope, input)),
  system: adminProcedure.output(system).query(({ ctx }) => systemOverview(ctx.scope)),
  health: adminProcedure.output(healthReportSchema).query(() => systemHealth()),
  retryFile: adminProcedure
    .input(z.object({ id: z.string().max(64) }))
    .mutation(({ ctx, input }) => retryFile(ctx.scope, input)),
  events: adminProcedure
    .input(z.object({ userId: z.string().max(64).nullish(), cursor }))
    .output(pageSchema(event))
    .query(({ ctx, input }) => listEvents(ctx.scope, input)),
});

import { z } from "zod";
import { DeliveryState } from "../../generated/prisma/enums.ts";
import { askForNewAddress, confirmAddress } from "../account/address.ts";
import { deleteAccount } from "../account/deletion.ts";
import { changePassword } from "../account/password.ts";
import { accountOverview } from "../account/overview.ts";
import { changeProfile } from "../account/profile.ts";
import { revokeOtherSessions, revokeSession } from "../account/sessions.ts";
import { AUDIT_TYPES } from "../audit.ts";
import { NAME_CHARACTERS, PASSWORD_CHARACTERS } from "../auth/limits.ts";
import { instant, listOf, name } from "../fields.ts";
import { protectedProcedure, publicProcedure, router } from "../trpc.ts";

const { min, max } = PASSWORD_CHARACTERS;
const DONE = z.object({ done: z.literal(true) });
const done = { done: true } as const;

const password = z.string().min(1, "Give your password.").max(max, "This is not your password.");
const newPassword = z
  .string()
  .min(min, `Take ${min} characters or more.`)
  .max(max, `Take ${max} characters at most.`);
const address = z.email("This is no e-mail address.").max(254, "This address is too long.");

const profile = z.object({
  name: name(NAME_CHARACTERS),
  currency: z
    .string()
    .refine((code) => Intl.supportedValuesOf("currency").includes(code), "There is no such currency."),
});

const session = z.object({
  id: z.string(),
  current: z.boolean(),
  signedInAt: instant,
  seenAt: instant,
  address: z.string().nullable(),
  userAgent: z.string().nullable(),
});

const overview = z.object({
  sessions: listOf(session),
  activity: listOf(z.object({ id: z.string(), type: z.enum(AUDIT_TYPES), at: instant })),
  mails: listOf(
    z.object({ id: z.string(), template: z.string(), state: z.enum(DeliveryState), at: instant }),
  ),
});

/** A person's own account. Signing up, in and out is Better Auth's, below `/api/auth`. */
export const account = router({
  /** Who has the link from a mail may confirm the address; nobody else has it. */
  confirmEmail: publicProcedure
    .input(z.object({ token: z.string().max(4000) }))
    .output(z.object({ what: z.enum(["new_account", "new_address"]), signedIn: z.boolean() }))
    .mutation(({ input }) => confirmAddress(input.token)),

  changeEmail: protectedProcedure
    .input(z.object({ newEmail: address, password }))
    .output(DONE)
    .mutation(async ({ ctx, input }) => {
      await askForNewAddress(ctx.scope, input);
      return done;
    }),

  changePassword: protectedProcedure
    .input(z.object({ currentPassword: password, newPassword }))
    .output(DONE)
    .mutation(async ({ ctx, input }) => {
      await changePassword(ctx.scope, input);
      return done;
    }),

  changeProfile: protectedProcedure
    .input(profile)
    .output(DONE)
    .mutation(async ({ ctx, input }) => {
      await changeProfile(ctx.scope, input);
      return done;
    }),

  overview: protectedProcedure.output(overview).query(({ ctx }) => accountOverview(ctx.scope)),

  revokeSession: protectedProcedure
    .input(z.object({ id: z.string().max(64) }))
    .output(DONE)
    .mutation(async ({ ctx, input }) => {
      await revokeSession(ctx.scope, input.id);
      return done;
    }),

  /** With all data and files. */
  delete: protectedProcedure
    .input(z.object({ password }))
    .output(DONE)
    .mutation(async ({ ctx, input }) => {
      await deleteAccount(ctx.scope, input);
      return done;
    }),

  revokeOtherSessions: protectedProcedure
    .output(z.object({ ended: z.int() }))
    .mutation(async ({ ctx }) => ({ ended: await revokeOtherSessions(ctx.scope) })),
});

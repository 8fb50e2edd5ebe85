import { z } from "zod";
import { cursor, grams, id, listOf, pageLimit, wholeGrams } from "../fields.ts";
import { useHistory } from "../filaments/history.ts";
import * as shape from "../filaments/shape.ts";
import { addSpools } from "../spools/add.ts";
import { changeSpool, removeSpool, restoreSpool, weighSpool } from "../spools/change.ts";
import { protectedProcedure, router } from "../trpc.ts";

/** Single spools, and what happened to them. */
export const spools = router({
  add: protectedProcedure
    .input(shape.newSpools.extend({ filamentId: id }))
    .output(z.object({ ids: listOf(id) }))
    .mutation(async ({ ctx, input }) => ({ ids: await addSpools(ctx.scope, input) })),
  change: protectedProcedure
    .input(shape.spoolFields.extend({ id }))
    .mutation(({ ctx, input: { id: spoolId, ...fields } }) => changeSpool(ctx.scope, spoolId, fields)),
  weigh: protectedProcedure
    .input(z.object({ id, remainingGrams: grams, tareGrams: wholeGrams.optional() }))
    .mutation(({ ctx, input }) => weighSpool(ctx.scope, input)),
  /** Deletes, or puts away what something was used of. */
  remove: protectedProcedure
    .input(z.object({ id }))
    .output(z.object({ outcome: z.enum(["deleted", "archived"]) }))
    .mutation(async ({ ctx, input }) => ({ outcome: await removeSpool(ctx.scope, input.id) })),
  restore: protectedProcedure
    .input(z.object({ id }))
    .mutation(({ ctx, input }) => restoreSpool(ctx.scope, input.id)),
  history: protectedProcedure
    .input(z.object({ id, cursor, limit: pageLimit }))
    .output(shape.usePage)
    .query(({ ctx, input }) => useHistory(ctx.scope, { ...input, of: { spoolId: input.id } })),
});

import { z } from "zod";
import { cursor, id, listOf, pageLimit } from "../fields.ts";
import { addFilament, changeFilament, removeFilament, restoreFilament } from "../filaments/change.ts";
import { consumption } from "../filaments/consumption.ts";
import { filamentDetails } from "../filaments/details.ts";
import { useHistory } from "../filaments/history.ts";
import { filamentChoices, filamentNames, listFilaments } from "../filaments/list.ts";
import * as shape from "../filaments/shape.ts";
import { protectedProcedure, router } from "../trpc.ts";

const removed = z.object({ outcome: z.enum(["deleted", "archived"]) });

/** Kinds of filament, with what there is of each. */
export const filaments = router({
  list: protectedProcedure
    .input(shape.filamentFilter)
    .output(shape.filamentPage)
    .query(({ ctx, input }) => listFilaments(ctx.scope, input)),
  choices: protectedProcedure
    .output(listOf(shape.filamentChoice))
    .query(({ ctx }) => filamentChoices(ctx.scope)),
  names: protectedProcedure
    .output(z.object({ brands: listOf(z.string()), materials: listOf(z.string()) }))
    .query(({ ctx }) => filamentNames(ctx.scope)),
  get: protectedProcedure
    .input(z.object({ id }))
    .output(shape.filamentDetails)
    .query(({ ctx, input }) => filamentDetails(ctx.scope, input.id)),
  history: protectedProcedure
    .input(z.object({ id, cursor, limit: pageLimit }))
    .output(shape.usePage)
    .query(({ ctx, input }) => useHistory(ctx.scope, { ...input, of: { filamentId: input.id } })),
  consumption: protectedProcedure
    .input(shape.consumptionInput)
    .output(listOf(shape.consumptionBucket))
    .query(({ ctx, input }) => consumption(ctx.scope, input)),
  add: protectedProcedure
    .input(shape.newFilament)
    .output(z.object({ id }))
    .mutation(async ({ ctx, input }) => ({ id: await addFilament(ctx.scope, input) })),
  change: protectedProcedure
    .input(shape.filamentFields.extend({ id }))
    .mutation(({ ctx, input: { id: filamentId, ...fields } }) =>
      changeFilament(ctx.scope, filamentId, fields),
    ),
  /** Deletes, or puts away what prints refer to. */
  remove: protectedProcedure
    .input(z.object({ id }))
    .output(removed)
    .mutation(async ({ ctx, input }) => ({ outcome: await removeFilament(ctx.scope, input.id) })),
  restore: protectedProcedure
    .input(z.object({ id }))
    .mutation(({ ctx, input }) => restoreFilament(ctx.scope, input.id)),
});

import { z } from "zod";
import { variantInputSchema } from "../models/schemas.ts";
import { createVariant, removeRevision, removeVariant, updateVariant } from "../models/variants.ts";
import { protectedProcedure, router } from "../trpc.ts";

const byId = z.object({ id: z.uuid() });
const nothing = z.void();

/** Versions come with their files: POST /api/files/ID/complete. */
export const variants = router({
  create: protectedProcedure
    .input(variantInputSchema.extend({ modelId: z.uuid() }))
    .output(byId)
    .mutation(async ({ ctx, input: { modelId, ...input } }) => ({
      id: await createVariant(ctx.scope, modelId, input),
    })),
  update: protectedProcedure
    .input(variantInputSchema.extend({ id: z.uuid() }))
    .output(nothing)
    .mutation(({ ctx, input: { id, ...input } }) => updateVariant(ctx.scope, id, input)),
  remove: protectedProcedure
    .input(byId)
    .output(nothing)
    .mutation(({ ctx, input }) => removeVariant(ctx.scope, input.id)),
  removeRevision: protectedProcedure
    .input(byId)
    .output(nothing)
    .mutation(({ ctx, input }) => removeRevision(ctx.scope, input.id)),
});

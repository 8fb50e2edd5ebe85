import { z } from "zod";
import { text } from "../fields.ts";
import { archiveModel, createModel, removeModel, updateModel } from "../models/change.ts";
import { getModel } from "../models/get.ts";
import { listModels, modelCategories } from "../models/list.ts";
import { describePicture, orderPictures, removePicture } from "../models/pictures.ts";
import { modelFilterSchema, modelInputSchema, modelPageSchema, modelSchema } from "../models/schemas.ts";
import { protectedProcedure, router } from "../trpc.ts";

const byId = z.object({ id: z.uuid() });
const nothing = z.void();

export const models = router({
  list: protectedProcedure
    .input(modelFilterSchema)
    .output(modelPageSchema)
    .query(({ ctx, input }) => listModels(ctx.scope, input)),
  categories: protectedProcedure
    .output(z.array(z.object({ name: z.string(), models: z.int() })).readonly())
    .query(({ ctx }) => modelCategories(ctx.scope)),
  get: protectedProcedure
    .input(byId)
    .output(modelSchema)
    .query(({ ctx, input }) => getModel(ctx.scope, input.id)),
  create: protectedProcedure
    .input(modelInputSchema)
    .output(byId)
    .mutation(async ({ ctx, input }) => ({ id: await createModel(ctx.scope, input) })),
  update: protectedProcedure
    .input(modelInputSchema.extend({ id: z.uuid() }))
    .output(nothing)
    .mutation(({ ctx, input: { id, ...input } }) => updateModel(ctx.scope, id, input)),
  archive: protectedProcedure
    .input(byId.extend({ archived: z.boolean() }))
    .output(nothing)
    .mutation(({ ctx, input }) => archiveModel(ctx.scope, input.id, input.archived)),
  remove: protectedProcedure
    .input(byId)
    .output(nothing)
    .mutation(({ ctx, input }) => removeModel(ctx.scope, input.id)),
  describePicture: protectedProcedure
    .input(byId.extend({ alt: text(300) }))
    .output(nothing)
    .mutation(({ ctx, input }) => describePicture(ctx.scope, input.id, input.alt)),
  orderPictures: protectedProcedure
    .input(byId.extend({ pictureIds: z.array(z.uuid()).max(100) }))
    .output(nothing)
    .mutation(({ ctx, input }) => orderPictures(ctx.scope, input.id, input.pictureIds)),
  removePicture: protectedProcedure
    .input(byId)
    .output(nothing)
    .mutation(({ ctx, input }) => removePicture(ctx.scope, input.id)),
});

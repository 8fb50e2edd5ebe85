import { z } from "zod";
import { usageOf } from "../files/begin.ts";
import { QUOTA } from "../files/limits.ts";
import { filePageSchema, getFile, listFiles } from "../files/list.ts";
import { removeFile } from "../files/remove.ts";
import { fileSchema } from "../files/view.ts";
import { protectedProcedure, router } from "../trpc.ts";

const byId = z.object({ id: z.uuid() });
const room = z.object({ files: z.int(), bytes: z.int(), unfinished: z.int() });

/** Files as rows; their bytes come and go by /api/files. */
export const files = router({
  list: protectedProcedure
    .input(z.object({ cursor: z.string().max(500).optional() }))
    .output(filePageSchema)
    .query(({ ctx, input }) => listFiles(ctx.scope, input.cursor)),
  get: protectedProcedure
    .input(byId)
    .output(fileSchema)
    .query(({ ctx, input }) => getFile(ctx.scope, input.id)),
  usage: protectedProcedure
    .output(z.object({ used: room, quota: room }))
    .query(async ({ ctx }) => ({ used: await usageOf(ctx.scope), quota: QUOTA })),
  remove: protectedProcedure
    .input(byId)
    .output(z.void())
    .mutation(({ ctx, input }) => removeFile(ctx.scope, input.id)),
});

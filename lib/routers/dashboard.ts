import { summary } from "../dashboard/shape.ts";
import { readSummary } from "../dashboard/summary.ts";
import { protectedProcedure, router } from "../trpc.ts";

/** What a shop looks at first. */
export const dashboard = router({
  summary: protectedProcedure.output(summary).query(({ ctx }) => readSummary(ctx.scope)),
});

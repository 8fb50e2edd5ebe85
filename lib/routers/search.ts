import { find } from "../search/find.ts";
import { findings, searchInput } from "../search/shape.ts";
import { protectedProcedure, router } from "../trpc.ts";

/** Looks through models, variants and filaments at once. */
export const search = router({
  find: protectedProcedure
    .input(searchInput)
    .output(findings)
    .query(({ ctx, input }) => find(ctx.scope, input)),
});

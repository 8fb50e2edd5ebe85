import { readShoppingList } from "../shopping/list.ts";
import { purchases } from "../shopping/shape.ts";
import { protectedProcedure, router } from "../trpc.ts";

/** What is to be bought. */
export const shopping = router({
  list: protectedProcedure.output(purchases).query(({ ctx }) => readShoppingList(ctx.scope)),
});

import { z } from "zod";
import { id, instant, listOf } from "../fields.ts";
import { consumptionBucket, filamentName } from "../filaments/shape.ts";
import { queuedJob } from "../jobs/shape.ts";

export const summary = z.object({
  /** Below their threshold, the emptiest in proportion first; ten at most. */
  lowStock: listOf(filamentName.extend({ stockGrams: z.number(), lowStockGrams: z.number() })),
  lowStockCount: z.number(),
  stock: z.object({
    filaments: z.number(),
    spools: z.number(),
    grams: z.number(),
    worthCents: z.number(),
  }),
  /** What is being printed now. */
  printing: listOf(queuedJob),
  queue: z.object({
    waiting: z.number(),
    /** Of those that wait: which can't be printed with what there is. */
    infeasible: z.number(),
    /** Of all that wait, as far as it is known. */
    printSeconds: z.number(),
    costCents: z.number(),
    /** The first five that wait. */
    next: listOf(queuedJob),
  }),
  recentModels: listOf(
    z.object({ id, name: z.string(), designer: z.string(), category: z.string(), updatedAt: instant }),
  ),
  /** The last 30 days, this one included, by day (UTC), oldest first. */
  consumption: listOf(consumptionBucket),
});
export type Summary = z.input<typeof summary>;

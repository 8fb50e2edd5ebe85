import { z } from "zod";
import { listOf } from "../fields.ts";
import { filamentName } from "../filaments/shape.ts";

const purchaseItem = z.object({
  filament: filamentName,
  purchaseUrl: z.string().nullable(),
  /** The queue lacks it, it is below its threshold, or will be once the queue is printed. */
  reason: z.enum(["queue", "low", "low_soon"]),
  stockGrams: z.number(),
  reservedGrams: z.number(),
  lowStockGrams: z.number(),
  /** What is missing for the queue and the threshold. */
  grams: z.number(),
  spools: z.number(),
  spoolGrams: z.number(),
  /** By the newest spool's price; null when that isn't known. */
  costCents: z.number().nullable(),
});

export const purchases = z.object({
  items: listOf(purchaseItem),
  /** Of all whose price is known. */
  costCents: z.number(),
});
export type Purchases = z.input<typeof purchases>;

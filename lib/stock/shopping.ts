import { centigrams, gramsBeyond, gramsOf } from "./grams.ts";

/** A filament as whoever goes shopping sees it. */
export interface Shelf {
  readonly filamentId: string;
  readonly stockGrams: number;
  readonly lowStockGrams: number;
  /** What the queue needs, the running print included. */
  readonly reservedGrams: number;
  /** The newest spool's; null when there never was one. */
  readonly lastSpool: { readonly netGrams: number; readonly costCents: number } | null;
}

/** Why to buy: the queue lacks it, it is low already, or it will be once the queue is printed. */
type PurchaseReason = "queue" | "low" | "low_soon";

export interface Purchase {
  readonly filamentId: string;
  readonly reason: PurchaseReason;
  /** So that the queue can be printed and the threshold is still there afterwards. */
  readonly grams: number;
  readonly spools: number;
  readonly spoolGrams: number;
  /** Null when the price of a spool isn't known. */
  readonly costCents: number | null;
}

/** What most spools hold, where nothing better is known. */
const USUAL_SPOOL_GRAMS = 1000;
const URGENCY: Readonly<Record<PurchaseReason, number>> = { queue: 0, low: 1, low_soon: 2 };

/** What to buy, the most urgent first, otherwise in the order of the shelves. */
export function shoppingList(shelves: readonly Shelf[]): readonly Purchase[] {
  return shelves
    .flatMap((shelf) => purchaseFor(shelf) ?? [])
    .toSorted((a, b) => URGENCY[a.reason] - URGENCY[b.reason]);
}

function purchaseFor(shelf: Shelf): Purchase | undefined {
  const target = gramsOf(centigrams(shelf.reservedGrams) + centigrams(shelf.lowStockGrams));
  const grams = gramsBeyond(target, shelf.stockGrams);
  if (grams === 0) return undefined;
  const spoolGrams = shelf.lastSpool?.netGrams ?? USUAL_SPOOL_GRAMS;
  const spools = Math.ceil(grams / spoolGrams);
  const price = shelf.lastSpool?.costCents ?? 0;
  return {
    filamentId: shelf.filamentId,
    reason: reasonOf(shelf),
    grams,
    spools,
    spoolGrams,
    costCents: price === 0 ? null : spools * price,
  };
}

function reasonOf({ stockGrams, lowStockGrams, reservedGrams }: Shelf): PurchaseReason {
  if (stockGrams < reservedGrams) return "queue";
  return stockGrams < lowStockGrams ? "low" : "low_soon";
}

import { type StockedFilament, stockedFilaments } from "../filaments/stocked.ts";
import type { Scope } from "../scope.ts";
import { type Shelf, shoppingList } from "../stock/shopping.ts";
import type { Purchases } from "./shape.ts";

/** What is to be bought, the most urgent first, otherwise by material, brand and colour. */
export async function readShoppingList(scope: Scope): Promise<Purchases> {
  const filaments = await scope.database.$queryRaw<StockedFilament[]>`
    SELECT * FROM (${stockedFilaments(scope)}) f
    WHERE "stockGrams" < "reservedGrams" + "lowStockGrams"
    ORDER BY material, brand, "colorName", id`;
  return purchasesOf(filaments);
}

function purchasesOf(filaments: readonly StockedFilament[]): Purchases {
  const byId = new Map(filaments.map((filament) => [filament.id, filament]));
  const items = shoppingList(filaments.map(shelfOf)).flatMap(({ filamentId, ...purchase }) => {
    const filament = byId.get(filamentId);
    if (filament === undefined) return [];
    const { id, brand, material, colorName, colorHex } = filament;
    const { purchaseUrl, stockGrams, reservedGrams, lowStockGrams } = filament;
    const numbers = { stockGrams, reservedGrams, lowStockGrams };
    return { filament: { id, brand, material, colorName, colorHex }, purchaseUrl, ...numbers, ...purchase };
  });
  return { items, costCents: items.reduce((sum, { costCents }) => sum + (costCents ?? 0), 0) };
}

/** What was put away is bought only for the queue. */
function shelfOf(filament: StockedFilament): Shelf {
  const { id, stockGrams, reservedGrams, archivedAt, lastNetGrams, lastCostCents } = filament;
  return {
    filamentId: id,
    stockGrams,
    reservedGrams,
    lowStockGrams: archivedAt === null ? filament.lowStockGrams : 0,
    lastSpool: lastNetGrams === null ? null : { netGrams: lastNetGrams, costCents: lastCostCents ?? 0 },
  };
}

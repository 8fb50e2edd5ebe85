import { colorFamily } from "../../lib/filaments/color.ts";
import { searchText } from "../../lib/search-text.ts";
import type { StockedSpool } from "../../lib/stock/take.ts";
import { GOODS, type Good } from "./goods.ts";
import { idOf } from "./identity.ts";
import type { Row } from "./rows.ts";

const DAY_MS = 24 * 60 * 60 * 1000;
const FIRST_BOUGHT_DAYS_AGO = 150;
const DAYS_BETWEEN = 28;
const TARE_GRAMS = 212;

export interface Shop {
  readonly ownerId: string;
  readonly now: Date;
}

/** ISO 8601 of so many days before now. */
export function daysAgo({ now }: Shop, days: number): string {
  return new Date(now.getTime() - days * DAY_MS).toISOString();
}

export function filamentId({ ownerId }: Shop, good: number): string {
  return idOf(ownerId, "filament", String(good));
}

export function filamentRows(shop: Shop): readonly Row[] {
  return GOODS.map((good, index) => filamentRow(shop, good, filamentId(shop, index)));
}

/** New spools of every filament, a month apart. */
export function newSpools(shop: Shop): readonly StockedSpool[] {
  return GOODS.flatMap(({ spools, netGrams, costCents }, good) =>
    Array.from({ length: spools }, (_, index) => ({
      id: idOf(shop.ownerId, "spool", String(good), String(index)),
      filamentId: filamentId(shop, good),
      netGrams,
      remainingGrams: netGrams,
      costCents,
      createdAt: new Date(daysAgo(shop, FIRST_BOUGHT_DAYS_AGO - index * DAYS_BETWEEN)),
    })),
  );
}

export function spoolRow(shop: Shop, spool: StockedSpool, place: number): Row {
  const createdAt = spool.createdAt.toISOString();
  return {
    ...spool,
    ownerId: shop.ownerId,
    tareGrams: TARE_GRAMS,
    label: `Shelf ${1 + (place % 4)}, place ${1 + Math.floor(place / 4)}`,
    archivedAt: spool.remainingGrams === 0 ? daysAgo(shop, 1) : null,
    createdAt,
    updatedAt: createdAt,
  };
}

function filamentRow(shop: Shop, good: Good, id: string): Row {
  const { brand, material, colorName, colorHex, lowStockGrams } = good;
  const family = colorFamily(colorHex);
  const createdAt = daysAgo(shop, FIRST_BOUGHT_DAYS_AGO);
  const slug = `${brand} ${material} ${colorName}`.toLowerCase().replaceAll(/[^a-z0-9]+/gu, "-");
  return {
    id,
    ownerId: shop.ownerId,
    brand,
    material,
    colorName,
    colorHex,
    colorFamily: family,
    lowStockGrams,
    purchaseUrl: `https://shop.example.com/filament/${slug}`,
    notes: material === "PA-CF" ? "Dry for eight hours at 80 °C. Hardened nozzle only." : "",
    searchText: searchText(brand, material, colorName, family),
    archivedAt: null,
    createdAt,
    updatedAt: createdAt,
  };
}

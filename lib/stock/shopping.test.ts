import { assert, integer, property, record } from "fast-check";
import { expect, test } from "vitest";
import { type Shelf, shoppingList } from "./shopping.ts";

const shelf: Shelf = {
  filamentId: "black",
  stockGrams: 500,
  lowStockGrams: 0,
  reservedGrams: 0,
  lastSpool: { netGrams: 1000, costCents: 2199 },
};

test("nothing is bought while there is enough for the queue and the shelf", () => {
  expect(shoppingList([shelf, { ...shelf, lowStockGrams: 300, reservedGrams: 200 }])).toEqual([]);
});

test("what the queue lacks is bought by whole spools", () => {
  expect(shoppingList([{ ...shelf, reservedGrams: 1800 }])).toEqual([
    { filamentId: "black", reason: "queue", grams: 1300, spools: 2, spoolGrams: 1000, costCents: 4398 },
  ]);
});

test("a filament is low below its threshold, and soon low when the queue takes it there", () => {
  const low = { ...shelf, filamentId: "low", lowStockGrams: 501 };
  const soon = { ...shelf, filamentId: "soon", lowStockGrams: 300, reservedGrams: 250 };

  expect(shoppingList([soon, low])).toMatchObject([
    { filamentId: "low", reason: "low", grams: 1, spools: 1 },
    { filamentId: "soon", reason: "low_soon", grams: 50 },
  ]);
});

test("without a spool to go by it is one of 1000 g at an unknown price", () => {
  expect(shoppingList([{ ...shelf, stockGrams: 0, reservedGrams: 20, lastSpool: null }])).toMatchObject([
    { spools: 1, spoolGrams: 1000, costCents: null },
  ]);
});

test("with what was bought nothing more has to be, and a spool less would not do", () => {
  const grams = integer({ min: 0, max: 500_000 }).map((hundredths) => hundredths / 100);
  const shelves = record({
    stockGrams: grams,
    lowStockGrams: integer({ min: 0, max: 5000 }),
    reservedGrams: grams,
    netGrams: integer({ min: 1, max: 5000 }),
  });
  assert(
    property(shelves, ({ netGrams, ...numbers }) => {
      const one: Shelf = { filamentId: "any", ...numbers, lastSpool: { netGrams, costCents: 100 } };
      const [purchase] = shoppingList([one]);
      if (purchase === undefined) return;

      const withSpools = (spools: number) => ({ ...one, stockGrams: one.stockGrams + spools * netGrams });
      expect(shoppingList([withSpools(purchase.spools)])).toEqual([]);
      expect(shoppingList([withSpools(purchase.spools - 1)])).toHaveLength(1);
    }),
  );
});

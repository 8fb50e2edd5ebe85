import { expect, test } from "vitest";
import { type Purchase, shoppingText } from "./shopping-text.ts";

const BLACK: Purchase = {
  filament: {
    id: "6f7e3c1c-6a5e-4d0f-9a51-5f1d2a3b4c5d",
    brand: "Plastika",
    material: "PLA",
    colorName: "Galaxy Black",
    colorHex: "#1a1a1a",
  },
  purchaseUrl: "https://shop.example.com/pla",
  reason: "queue",
  stockGrams: 280,
  reservedGrams: 1312,
  lowStockGrams: 300,
  grams: 1332,
  spools: 2,
  spoolGrams: 1000,
  costCents: 4000,
};

test("the list can be sent to somebody", () => {
  const cheap = { ...BLACK, purchaseUrl: null, spools: 1, costCents: null };

  expect(shoppingText({ items: [BLACK, cheap], costCents: 4000 }, "EUR")).toBe(
    [
      "Shopping list",
      "",
      "- Plastika PLA, Galaxy Black: 2 spools of 1,000 g, about €40.00",
      "  https://shop.example.com/pla",
      "- Plastika PLA, Galaxy Black: 1 spool of 1,000 g",
      "",
      "Total about €40.00",
    ].join("\n"),
  );
});

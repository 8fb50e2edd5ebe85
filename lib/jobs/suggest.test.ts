import { expect, test } from "vitest";
import { type Candidate, suggestFilament } from "./suggest.ts";

const SHELF: readonly Candidate[] = [
  { id: "pla-black", material: "PLA", colorHex: "#111111", stockGrams: 900 },
  { id: "pla-red", material: "PLA", colorHex: "#c0202c", stockGrams: 100 },
  { id: "petg-red", material: "PETG", colorHex: "#ff0000", stockGrams: 1000 },
  { id: "silk-red", material: "PLA Silk", colorHex: "#c0202c", stockGrams: 1000 },
  { id: "pla-cf", material: "PLA-CF", colorHex: "#ff0000", stockGrams: 1000 },
];

test.each([
  [{ material: "PLA", colorHex: "#ff0000" }, "pla-red"],
  [{ material: "PLA Basic", colorHex: "#000000" }, "pla-black"],
  [{ material: "generic pla+", colorHex: "#222222" }, "pla-black"],
  [{ material: "PETG", colorHex: "#000000" }, "petg-red"],
  [{ material: "PLA Silk", colorHex: "#c0202c" }, "silk-red"],
  [{ material: "PLA-CF", colorHex: null }, "pla-cf"],
  [{ material: null, colorHex: "#121212" }, "pla-black"],
  [{ material: "ASA", colorHex: "#111111" }, null],
])("%j is printed with %s", (slot, expected) => {
  expect(suggestFilament(slot, SHELF)).toBe(expected);
});

test("without a colour it is what there is most of", () => {
  expect(suggestFilament({ material: "PLA", colorHex: null }, SHELF)).toBe("pla-black");
});

test("an empty shelf suggests nothing", () => {
  expect(suggestFilament({ material: null, colorHex: null }, [])).toBeNull();
});

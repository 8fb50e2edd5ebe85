import { expect, test } from "vitest";
import { beginningWith, containing, wordsOf } from "./words.ts";

test("a query is looked for word by word, each once", () => {
  expect(wordsOf("  Vase  VASE crème ")).toEqual(["vase", "creme"]);
});

test("a query of nothing but space looks for nothing", () => {
  expect(wordsOf(" \t ")).toEqual([]);
});

test("words beyond the eighth are left out", () => {
  expect(wordsOf("a b c d e f g h i j")).toHaveLength(8);
});

test("signs that mean something to LIKE are looked for themselves", () => {
  expect(containing(String.raw`50%_\x`)).toBe(String.raw`%50\%\_\\x%`);
  expect(beginningWith("a_")).toBe(String.raw`a\_%`);
});

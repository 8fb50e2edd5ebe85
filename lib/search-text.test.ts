import { assert, property, string } from "fast-check";
import { expect, test } from "vitest";
import { searchText } from "./search-text.ts";

test.each([
  ["Galaxy BLACK", "galaxy black"],
  ["Crème brûlée", "creme brulee"],
  ["  Två\t färger \n", "tva farger"],
  ["ＰＬＡ＋ ①", "pla+ 1"],
  ["Weiß, Søkø, İzmir, Łódź", "weiss, soko, izmir, lodz"],
])("%j is looked for as %j", (text, expected) => {
  expect(searchText(text)).toBe(expected);
});

test("parts are words of their own, and empty ones leave nothing", () => {
  expect(searchText("Bracket", "", "0.2 mm")).toBe("bracket 0.2 mm");
});

test("what is in one spelling already stays as it is", () => {
  assert(
    property(string({ unit: "grapheme" }), (text) => {
      expect(searchText(searchText(text))).toBe(searchText(text));
    }),
  );
});

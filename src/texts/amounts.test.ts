import { assert, integer, property } from "fast-check";
import { expect, test } from "vitest";
import { centsOf, countText, dayText, durationText, gramsText, moneyInput, moneyText } from "./amounts.ts";

test.each([
  [0, "0 g"],
  [312.5, "312.5 g"],
  [9999, "9,999 g"],
  [12_340, "12.34 kg"],
  [-3.1, "-3.1 g"],
])("%d grams are %s", (grams, text) => {
  expect(gramsText(grams)).toBe(text);
});

test("money has as many decimals as its currency", () => {
  expect(moneyText(2199, "EUR")).toBe("€21.99");
  expect(moneyText(2199, "JPY")).toBe("JP¥2,199");
});

test.each(["EUR", "JPY", "KWD"])("what is typed in %s is what was shown", (currency) => {
  assert(
    property(integer({ min: 0, max: 10_000_000 }), (cents) => {
      expect(centsOf(moneyInput(cents, currency), currency)).toBe(cents);
    }),
  );
});

test.each([
  [0, "0 min"],
  [3540, "59 min"],
  [3600, "1 h"],
  [7500, "2 h 5 min"],
])("%d seconds are %s", (seconds, text) => {
  expect(durationText(seconds)).toBe(text);
});

test("days are UTC's, wherever somebody is", () => {
  expect(dayText("2026-11-27T23:59:59.000Z")).toBe("27 Nov 2026");
});

test("one is not many", () => {
  expect([countText(1, "spool"), countText(2, "spool"), countText(0, "spool")]).toEqual([
    "1 spool",
    "2 spools",
    "0 spools",
  ]);
});

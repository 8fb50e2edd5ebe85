import { expect, test } from "vitest";
import { grams, link, name, text } from "./fields.ts";

test.each([
  "javascript:alert(1)",
  "data:text/html,hi",
  "ftp://example.com/",
  "//example.com",
  "example.com",
  "https:",
])("%s is no purchase link", (value) => {
  expect(link.safeParse(value).success).toBe(false);
});

test.each([
  [" https://shop.example.com/pla?color=black ", "https://shop.example.com/pla?color=black"],
  ["http://shop.example.com", "http://shop.example.com"],
  ["", null],
  [null, null],
])("the link %j is kept as %j", (value, kept) => {
  expect(link.parse(value)).toBe(kept);
});

test.each([0, 0.01, 0.1, 0.29, 312, 1.15, 99_999.99])("%d g is an amount", (value) => {
  expect(grams.safeParse(value).success).toBe(true);
});

test.each([-0.01, 0.001, 100_001, Number.NaN, Number.POSITIVE_INFINITY])("%d g is none", (value) => {
  expect(grams.safeParse(value).success).toBe(false);
});

test.each(["a\u0000b", "\u001b[31m", "\ud800", "x".repeat(21)])("%j is refused as text", (value) => {
  expect(text(20).safeParse(value).success).toBe(false);
});

test("text loses the space around it, and keeps its lines", () => {
  expect(text(20).parse(" one\n\ttwo ")).toBe("one\n\ttwo");
  expect(name(20).safeParse("  ").success).toBe(false);
});

import { describe, expect, test } from "vitest";
import { atLeast, atMost, logMean } from "./probability.ts";

/** By adding up, as it is defined. */
function exactAtMost(n: number, p: number, k: number): number {
  let choose = 1;
  let sum = 0;
  for (let each = 0; each <= k; each += 1) {
    sum += choose * p ** each * (1 - p) ** (n - each);
    choose = (choose * (n - each)) / (each + 1);
  }
  return sum;
}

describe("a binomial tail", () => {
  test.each([
    [1, 0.5, 0],
    [10, 0.3, 2],
    [10, 0.3, 9],
    [40, 0.05, 0],
    [40, 0.05, 6],
    [50, 0.9, 40],
  ])("of %i trials at %f up to %i is as its definition says", (n, p, k) => {
    expect(atMost(n, p, k)).toBeCloseTo(exactAtMost(n, p, k), 12);
    expect(atLeast(n, p, k + 1)).toBeCloseTo(1 - exactAtMost(n, p, k), 12);
  });

  test("is exact far out, where differences would be lost", () => {
    expect(atLeast(1000, 0.001, 40)).toBeLessThan(1e-40);
    expect(atLeast(1000, 0.001, 40)).toBeGreaterThan(0);
    expect(atMost(10_000, 0.5, 4000)).toBeLessThan(1e-80);
  });

  test("is certain or impossible at the ends", () => {
    expect([
      atMost(5, 0, 0),
      atMost(5, 1, 4),
      atLeast(5, 0.5, 0),
      atLeast(5, 0.5, 6),
      atLeast(5, 0, 1),
    ]).toEqual([1, 0, 1, 0, 0]);
  });
});

test("the logarithm of a mean doesn't overflow", () => {
  expect(logMean([1000, 1000])).toBe(1000);
  expect(logMean([-Infinity, Math.log(2)])).toBeCloseTo(0, 12);
  expect(logMean([-Infinity])).toBe(-Infinity);
});

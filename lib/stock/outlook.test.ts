import { array, assert, constantFrom, integer, property, tuple } from "fast-check";
import { expect, test } from "vitest";
import { sumGrams } from "./grams.ts";
import { outlookOf, reservedGrams } from "./outlook.ts";
import type { StockedSpool } from "./take.ts";

function spool(id: string, filamentId: string, remainingGrams: number): StockedSpool {
  const createdAt = new Date(Date.UTC(2026, 0, 1));
  return { id, filamentId, netGrams: 1000, remainingGrams, costCents: 2000, createdAt };
}

function job(id: string, needs: Readonly<Record<string, number>>) {
  const list = Object.entries(needs).map(([filamentId, neededGrams]) => ({ filamentId, neededGrams }));
  return { id, needs: list };
}

test("312 g are needed and 280 g left", () => {
  const [outlook] = outlookOf([job("vase", { black: 312 })], [spool("a", "black", 280)]);

  expect(outlook).toMatchObject({
    feasible: false,
    needs: [{ filamentId: "black", neededGrams: 312, availableGrams: 280, missingGrams: 32 }],
  });
});

test("a job is told what the jobs before it leave", () => {
  const jobs = [job("first", { black: 600 }), job("second", { black: 500 }), job("third", { white: 10 })];

  const outlooks = outlookOf(jobs, [spool("a", "black", 1000), spool("b", "white", 10)]);

  expect(outlooks.map(({ feasible }) => feasible)).toEqual([true, false, true]);
  expect(outlooks[1]?.needs[0]).toMatchObject({ availableGrams: 400, missingGrams: 100 });
});

test("a job that lacks one filament still reserves what there is of it", () => {
  const jobs = [job("big", { black: 900, white: 1 }), job("small", { black: 10 })];

  const outlooks = outlookOf(jobs, [spool("a", "black", 300)]);

  expect(outlooks.map(({ feasible }) => feasible)).toEqual([false, false]);
  expect(outlooks[1]?.needs[0]?.availableGrams).toBe(0);
});

test("a job costs its share of the spools that it would be taken from, and of the next one to buy", () => {
  const [outlook] = outlookOf([job("vase", { black: 750 })], [spool("a", "black", 500)]);

  expect(outlook?.costCents).toBe(1500);
});

test("what jobs are promised is there, and never more than they need", () => {
  const filament = constantFrom("black", "white");
  const grams = integer({ min: 0, max: 100_000 }).map((hundredths) => hundredths / 100);
  const stock = array(tuple(filament, grams), { maxLength: 6 });
  const queue = array(array(tuple(filament, grams), { maxLength: 2 }), { maxLength: 6 });
  assert(
    property(stock, queue, (shelf, needs) => {
      const spools = shelf.map(([filamentId, remaining], index) => spool(`s${index}`, filamentId, remaining));
      const jobs = needs.map((list, index) => job(`j${index}`, Object.fromEntries(list)));

      const outlooks = outlookOf(jobs, spools).flatMap((outlook) => outlook.needs);

      for (const { neededGrams, missingGrams, takes } of outlooks)
        expect(sumGrams([missingGrams, ...takes.map((take) => take.grams)])).toBe(neededGrams);
      for (const { id, remainingGrams } of spools) {
        const taken = outlooks.flatMap(({ takes }) => takes).filter(({ spoolId }) => spoolId === id);
        expect(sumGrams(taken.map((take) => take.grams))).toBeLessThanOrEqual(remainingGrams);
      }
    }),
  );
});

test("the queue reserves the sum of what its jobs need", () => {
  const needs = [job("a", { black: 0.1, white: 5 }), job("b", { black: 0.2 })].flatMap((each) => each.needs);

  expect([...reservedGrams(needs)]).toEqual([
    ["black", 0.3],
    ["white", 5],
  ]);
});

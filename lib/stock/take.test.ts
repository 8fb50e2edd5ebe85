import { array, assert, constantFrom, integer, property, record } from "fast-check";
import { expect, test } from "vitest";
import { centigrams, sumGrams } from "./grams.ts";
import { afterTakes, planTakes, type StockedSpool } from "./take.ts";

function spool(id: string, remainingGrams: number, day: number): StockedSpool {
  const createdAt = new Date(Date.UTC(2026, 0, day));
  return { id, filamentId: "pla-black", netGrams: 1000, remainingGrams, costCents: 2499, createdAt };
}

const anyGrams = integer({ min: 0, max: 500_000 }).map((hundredths) => hundredths / 100);
const anySpools = array(
  record({
    remaining: anyGrams,
    net: constantFrom(250, 750, 1000, 5000),
    day: integer({ min: 1, max: 28 }),
  }),
  { maxLength: 8 },
).map((spools) =>
  spools.map(({ remaining, net, day }, index) => ({
    ...spool(`s${index}`, remaining, day),
    netGrams: net,
  })),
);

test("a spool that was begun is used up before a new one, however old that is", () => {
  const plan = planTakes(300, [spool("new", 1000, 1), spool("begun", 280, 5)]);

  expect(plan.takes.map(({ spoolId, grams }) => [spoolId, grams])).toEqual([
    ["begun", 280],
    ["new", 20],
  ]);
  expect(plan.missingGrams).toBe(0);
});

test("of spools that were begun the oldest comes first", () => {
  const plan = planTakes(100, [spool("younger", 500, 7), spool("older", 500, 3)]);

  expect(plan.takes).toMatchObject([{ spoolId: "older", grams: 100 }]);
});

test("what the spools lack is told, and they are emptied", () => {
  const plan = planTakes(312, [spool("a", 200.25, 1), spool("b", 79.75, 2)]);

  expect(plan.missingGrams).toBe(32);
  expect(sumGrams(plan.takes.map(({ grams }) => grams))).toBe(280);
});

test("a tenth and two tenths are three tenths", () => {
  const plan = planTakes(0.3, [spool("a", 0.1, 1), spool("b", 0.2, 2)]);

  expect(plan).toMatchObject({ missingGrams: 0, takes: [{ grams: 0.1 }, { grams: 0.2 }] });
});

test("a plan covers what is needed exactly, or all that is there", () => {
  assert(
    property(anyGrams, anySpools, (needed, spools) => {
      const { takes, missingGrams } = planTakes(needed, spools);

      const rest = sumGrams(afterTakes(spools, takes).map(({ remainingGrams }) => remainingGrams));
      expect(sumGrams([...takes.map(({ grams }) => grams), missingGrams])).toBe(needed);
      expect(missingGrams === 0 || rest === 0).toBe(true);
    }),
  );
});

test("no spool ever holds less than nothing", () => {
  assert(
    property(anySpools, array(anyGrams, { maxLength: 5 }), (spools, needs) => {
      let stock: readonly StockedSpool[] = spools;
      for (const needed of needs) stock = afterTakes(stock, planTakes(needed, stock).takes);

      expect(stock.every(({ remainingGrams }) => remainingGrams >= 0)).toBe(true);
    }),
  );
});

test("uses of a spool are what is gone from it, and cost what it cost, to the cent", () => {
  assert(
    property(array(anyGrams, { minLength: 1, maxLength: 40 }), (needs) => {
      let stock: readonly StockedSpool[] = [spool("a", 1000, 1)];
      const takes = needs.flatMap((needed) => {
        const plan = planTakes(needed, stock);
        stock = afterTakes(stock, plan.takes);
        return plan.takes;
      });

      const rest = stock[0]?.remainingGrams ?? 0;
      expect(takes.reduce((sum, { grams }) => sum + centigrams(grams), 0)).toBe(centigrams(1000 - rest));
      const costs = takes.reduce((sum, { costCents }) => sum + costCents, 0);
      expect(costs).toBe(2499 - Math.round((2499 * rest) / 1000));
    }),
  );
});

import { array, assert, constantFrom, integer, option, property, record } from "fast-check";
import { expect, test } from "vitest";
import { centigrams, sumGrams } from "../stock/grams.ts";
import type { StockedSpool } from "../stock/take.ts";
import { decideFinish, type FinishRequest, type FinishScene } from "./decide-finish.ts";

const COMPLETE: FinishRequest = { outcome: "completed", percentage: 100, short: "refuse" };

function spool(id: string, remainingGrams: number): StockedSpool {
  const createdAt = new Date(Date.UTC(2026, 0, 1));
  return { id, filamentId: "black", netGrams: 1000, remainingGrams, costCents: 2000, createdAt };
}

function scene(over: Partial<FinishScene["job"]> = {}, spools = [spool("a", 280)]): FinishScene {
  const needs = [{ filamentId: "black", neededGrams: 312 }];
  return { job: { state: "printing", needs, ...over }, spools, nameOf: () => "PLA black" };
}

test("a job that lacks filament isn't completed without a word", () => {
  expect(() => decideFinish(scene(), COMPLETE)).toThrow(
    expect.objectContaining({ code: "conflict", message: "PLA black: 312 g needed, 280 g left." }),
  );
});

test("what was there is recorded when a person says so", () => {
  const decision = decideFinish(scene(), { ...COMPLETE, short: "use_what_is_there" });

  expect(decision).toMatchObject({ takes: [{ spoolId: "a", grams: 280 }], used: new Map([["black", 280]]) });
});

test("a person may say what was used of which spool", () => {
  const spools = [spool("a", 280), spool("b", 1000)];
  const takes = [
    { spoolId: "b", grams: 200 },
    { spoolId: "b", grams: 100.5 },
    { spoolId: "a", grams: 0 },
  ];

  const decision = decideFinish(scene({}, spools), { ...COMPLETE, takes });

  expect(decision).toMatchObject({
    takes: [{ spoolId: "b", grams: 300.5 }],
    used: new Map([["black", 300.5]]),
  });
});

test("a failed job takes the share that was printed", () => {
  const request = { outcome: "failed", percentage: 33.3, short: "refuse" } as const;

  expect(decideFinish(scene(), request)).toMatchObject({ takes: [{ grams: 103.9 }] });
  expect(decideFinish(scene(), { ...request, percentage: 0 })).toMatchObject({
    takes: [],
    used: new Map([["black", 0]]),
  });
});

test("a job that has ended so already takes nothing", () => {
  expect(decideFinish(scene({ state: "completed" }), COMPLETE)).toEqual({ kind: "already" });
});

test.each(["failed", "cancelled"] as const)("a job that is %s can't be completed", (state) => {
  expect(() => decideFinish(scene({ state }), COMPLETE)).toThrow(
    expect.objectContaining({ code: "conflict" }),
  );
});

test("more can't be taken off a spool than it holds, nor anything off one that isn't the job's", () => {
  const take = (spoolId: string, grams: number) => () =>
    decideFinish(scene(), { ...COMPLETE, takes: [{ spoolId, grams }] });

  expect(take("a", 280.01)).toThrow(expect.objectContaining({ code: "conflict" }));
  expect(take("another's", 1)).toThrow(expect.objectContaining({ code: "invalid" }));
});

test("whatever is asked, no spool gives more than it holds, and used is what was taken", () => {
  const grams = integer({ min: 0, max: 50_000 }).map((hundredths) => hundredths / 100);
  const stock = array(grams, { minLength: 1, maxLength: 4 });
  const request = record({
    outcome: constantFrom("completed", "failed"),
    percentage: integer({ min: 0, max: 100 }),
    takes: option(array(grams, { maxLength: 4 }), { nil: undefined }),
    short: constantFrom("refuse", "use_what_is_there"),
  });
  assert(
    property(stock, request, (amounts, { takes, ...rest }) => {
      const spools = amounts.map((amount, index) => spool(`s${index}`, amount));
      const wanted = takes?.map((amount, index) => ({
        spoolId: `s${index % spools.length}`,
        grams: amount,
      }));

      const decision = attempt(() => decideFinish(scene({}, spools), { ...rest, takes: wanted }));

      const taken = decision?.kind === "finish" ? decision.takes : [];
      for (const { spoolId, grams: off } of taken)
        expect(off).toBeLessThanOrEqual(spools.find(({ id }) => id === spoolId)?.remainingGrams ?? -1);
      const used = decision?.kind === "finish" ? (decision.used.get("black") ?? -1) : 0;
      expect(centigrams(used)).toBe(centigrams(sumGrams(taken.map((take) => take.grams))));
    }),
  );
});

function attempt<T>(work: () => T): T | undefined {
  try {
    return work();
  } catch {
    return undefined;
  }
}

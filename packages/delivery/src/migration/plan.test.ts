import { describe, expect, test } from "vitest";
import { planMigrations } from "./plan.ts";

const digest = (letter: string) => letter.repeat(64);
const wanted = [
  { name: "1_first", sha256: digest("a"), phase: "expand" as const },
  { name: "2_second", sha256: digest("b"), phase: "expand" as const },
];
const first = { name: "1_first", sha256: digest("a"), finished: true };
const options = { allowContract: false };

describe("migrations", () => {
  test("that the database lacks are applied in order", () => {
    expect(planMigrations(wanted, [], options)).toEqual({ kind: "apply", names: ["1_first", "2_second"] });
    expect(planMigrations(wanted, [first], options)).toEqual({ kind: "apply", names: ["2_second"] });
  });

  test("that were started and left are applied again", () => {
    const left = { name: "2_second", sha256: digest("b"), finished: false };

    expect(planMigrations(wanted, [first, left], options)).toEqual({ kind: "apply", names: ["2_second"] });
  });

  test("that were edited after they were applied are refused", () => {
    const plan = planMigrations(wanted, [{ ...first, sha256: digest("f") }], options);

    expect(plan).toMatchObject({
      kind: "refused",
      message: "The migration 1_first was edited after it was applied.",
    });
  });

  test("that the database has and the release lacks are refused", () => {
    const plan = planMigrations(
      wanted,
      [first, { name: "3_other", sha256: digest("c"), finished: true }],
      options,
    );

    expect(plan).toMatchObject({ kind: "refused" });
    expect(plan.kind === "refused" && plan.message).toContain("3_other");
  });

  test("that come before one that is applied are refused", () => {
    const plan = planMigrations(wanted, [{ name: "2_second", sha256: digest("b"), finished: true }], options);

    expect(plan.kind === "refused" && plan.message).toContain("1_first comes before");
  });

  test("that take something away are refused unless that is allowed", () => {
    const contract = [...wanted, { name: "3_drop", sha256: digest("c"), phase: "contract" as const }];

    expect(planMigrations(contract, [first], options)).toMatchObject({ kind: "refused" });
    expect(planMigrations(contract, [first], { allowContract: true })).toMatchObject({ kind: "apply" });
  });

  test("may take away what a new database never had", () => {
    const contract = [{ name: "1_drop", sha256: digest("c"), phase: "contract" as const }];

    expect(planMigrations(contract, [], options)).toEqual({ kind: "apply", names: ["1_drop"] });
  });
});

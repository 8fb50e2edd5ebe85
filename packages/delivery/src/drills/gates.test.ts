import { describe, expect, test } from "vitest";
import { gateProblems, simulateGrid } from "./gates.ts";

describe("simulated rollouts, a small sample of the drill's", () => {
  test.each([
    { baseErrorRate: 0.01, requests: 1000 },
    { baseErrorRate: 0.001, requests: 10_000 },
  ])("are judged right at $baseErrorRate × $requests", ({ baseErrorRate, requests }) => {
    const cells = simulateGrid({
      seed: 7,
      rollouts: 100,
      baseErrorRates: [baseErrorRate],
      requests: [requests],
    });

    expect(cells.flatMap(gateProblems)).toEqual([]);
    expect(cells.map(({ candidate }) => candidate)).toEqual(["same", "tolerated", "errors5", "slow2"]);
  });

  test("with little traffic are inconclusive, neither stopped nor passed", () => {
    const cells = simulateGrid({ seed: 7, rollouts: 100, baseErrorRates: [0.001], requests: [100] });

    const same = cells.find(({ candidate }) => candidate === "same");
    expect(same).toMatchObject({ stoppedInAll: 0, passed: 0, inconclusive: 1 });
  });
});

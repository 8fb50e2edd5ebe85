import { describe, expect, test } from "vitest";
import { judgeMetrics, NOTHING_LOOKED_AT, type MetricsRules } from "./judge-metrics.ts";
import type { Stratum, VersionMetrics } from "./metrics.ts";

const RULES: MetricsRules = {
  errorRate: { tolerated: 1.25, limit: 5, negligible: 0.001 },
  latency: { tolerated: 1.25, limit: 2, negligible: 50 },
  minSamples: 800,
  sharedSteps: 2,
};

/** Quantiles of times whose P95 is 200 ms, times a factor. */
function times(factor: number): VersionMetrics["wallTimeMs"] {
  const typical = { 0.25: 50, 0.5: 80, 0.75: 120, 0.9: 165, 0.95: 200, 0.99: 320, 0.999: 600 };
  return Object.entries(typical).map(([level, ms]) => ({ level: Number(level), ms: ms * factor }));
}

function metrics(requests: number, errors: number, more: Partial<VersionMetrics> = {}): VersionMetrics {
  return { requests, errors, sampleInterval: 1, wallTimeMs: times(1), ...more };
}

function stratum(candidate: VersionMetrics, more: Partial<Stratum> = {}): Stratum {
  return { candidate, stable: metrics(9000, 90), ownDurationsMs: [], ...more };
}

function judge(...strata: readonly Stratum[]) {
  return judgeMetrics(NOTHING_LOOKED_AT, strata, RULES);
}

const resultOf = (strata: readonly Stratum[], probe: string) =>
  judge(...strata).measurements.find((measurement) => measurement.probe === probe)?.result;

describe("metrics", () => {
  test("of a candidate that does as well as stable pass", () => {
    expect(judge(stratum(metrics(1000, 10))).result).toBe("pass");
  });

  test("fail on five times the errors, and say the numbers", () => {
    const { result, measurements } = judge(stratum(metrics(1000, 50)));

    expect(result).toBe("fail");
    expect(measurements[0]?.detail).toBe(
      "5.00 % (50 of 1000) against 1.00 % (90 of 9000) of stable, more than 1.25 times",
    );
  });

  test("fail on a doubled latency, and say the times", () => {
    const { result, measurements } = judge(stratum(metrics(1000, 10, { wallTimeMs: times(2) })));

    expect(result).toBe("fail");
    expect(measurements[1]?.detail).toBe("400 ms against 200 ms of stable, more than 1.25 times");
  });

  test.each([
    ["few requests", stratum(metrics(50, 0))],
    ["none", stratum(metrics(0, 0, { wallTimeMs: [] }))],
    [
      "a stable version without visitors",
      stratum(metrics(500, 5), { stable: metrics(0, 0, { wallTimeMs: [] }) }),
    ],
  ])("of %s can't tell", (_, few) => {
    expect(judge(few).result).toBe("inconclusive");
  });

  test("of nothing at all can't tell", () => {
    expect(judge()).toMatchObject({ result: "inconclusive", measurements: [] });
  });

  test("fail a candidate that always fails after a handful of requests", () => {
    expect(judge(stratum(metrics(8, 8))).result).toBe("fail");
  });

  test("leave errors alone that are negligible, whatever stable's are", () => {
    const spotless = metrics(900_000, 0);

    expect(resultOf([stratum(metrics(100_000, 80), { stable: spotless })], "error-rate")).toBe("pass");
    expect(resultOf([stratum(metrics(100_000, 300), { stable: spotless })], "error-rate")).toBe("fail");
  });

  test("leave times alone that are negligible", () => {
    const quick = (factor: number) => metrics(9000, 90, { wallTimeMs: times(factor) });

    expect(judge(stratum(quick(0.2), { stable: quick(0.05) })).result).toBe("pass");
  });

  test("judge an app without errors by what is negligible", () => {
    const spotless = metrics(18_000, 0);

    expect(resultOf([stratum(metrics(1000, 0), { stable: spotless })], "error-rate")).toBe("error");
    expect(resultOf([stratum(metrics(2000, 0), { stable: spotless })], "error-rate")).toBe("pass");
  });

  test("add up over the steps, each with its own shares", () => {
    const first = stratum(metrics(300, 12), { stable: metrics(2700, 27) });
    const second = stratum(metrics(300, 13), { stable: metrics(300, 3) });

    expect(resultOf([first], "error-rate")).not.toBe("fail");
    expect(resultOf([second], "error-rate")).not.toBe("fail");
    expect(resultOf([first, second], "error-rate")).toBe("fail");
  });

  test("count a sample as what was looked at", () => {
    const estimated = (requests: number, errors: number) =>
      metrics(requests * 100, errors * 100, { sampleInterval: 100 });
    const bad = estimated(10, 1);

    expect(judge(stratum(bad, { stable: estimated(90, 1) })).result).toBe("inconclusive");
    expect(judge(stratum({ ...bad, sampleInterval: 1 }, { stable: metrics(9000, 100) })).result).toBe("fail");
  });

  test("don't count delivery's own requests as visitors", () => {
    const ownDurationsMs = Array.from({ length: 300 }, () => 5);

    expect(judge(stratum(metrics(1000, 10), { ownDurationsMs })).result).toBe("inconclusive");
  });

  test("don't blame a candidate for delivery's own slow requests", () => {
    const slow = metrics(1000, 10, { wallTimeMs: times(2) });
    const ownDurationsMs = Array.from({ length: 100 }, () => 900);

    expect(resultOf([stratum(slow)], "p95")).toBe("fail");
    expect(resultOf([stratum(slow, { ownDurationsMs })], "p95")).not.toBe("fail");
  });

  test("spend the allowance for latency once per doubling, also when late counts are read again", () => {
    const slow = (requests: number) => stratum(metrics(requests, 1, { wallTimeMs: times(2) }));
    const spent = { taken: 4 };

    expect(judgeMetrics(spent, [slow(1500)], RULES)).toMatchObject({ state: spent, result: "inconclusive" });
    expect(judgeMetrics(spent, [slow(1600)], RULES)).toMatchObject({ state: { taken: 5 }, result: "fail" });
  });

  test("that aren't configured aren't judged", () => {
    const onlyErrors = { ...RULES, latency: undefined };
    const slow = stratum(metrics(2000, 20, { wallTimeMs: times(3) }));

    expect(judgeMetrics(NOTHING_LOOKED_AT, [slow], onlyErrors).result).toBe("pass");
  });
});

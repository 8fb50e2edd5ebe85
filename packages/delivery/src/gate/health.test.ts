import type { HealthReport } from "health-contract/report";
import { describe, expect, test } from "vitest";
import type { Measurement } from "../ledger/entry.ts";
import type { ProbeAnswer } from "../ports.ts";
import { decideHealth, measureHealth, undecidedHealth } from "./health.ts";

const expected = { probe: "health@0", versionId: "candidate", environment: "production" };

const healthy: HealthReport = {
  schema: 1,
  status: "healthy",
  timestamp: "2026-01-01T00:00:00.000Z",
  checkedAt: "2026-01-01T00:00:00.000Z",
  release: "r-1",
  version: "candidate",
  environment: "production",
  services: { database: "ok", storage: "ok", email: "ok", schema: "ok" },
  latenciesMs: {},
  schemaVersion: null,
  configuration: {},
};

function answer(report: Partial<HealthReport>, status = 200): ProbeAnswer {
  const body = JSON.stringify({ ...healthy, ...report });
  return {
    kind: "answer",
    status,
    headers: { "x-worker-version": report.version ?? "candidate" },
    body,
    durationMs: 12,
  };
}

describe("a health answer", () => {
  test("passes when the version that was asked for is healthy", () => {
    expect(measureHealth(expected, answer({})).result).toBe("pass");
  });

  test("of another version is an error, however healthy it is", () => {
    expect(measureHealth(expected, answer({ version: "stable" }))).toEqual({
      probe: "health@0",
      result: "error",
      detail: "version stable answered",
    });
  });

  test("that is unhealthy fails and says what is down", () => {
    const report = answer({ status: "unhealthy", services: { ...healthy.services, database: "down" } }, 503);

    expect(measureHealth(expected, report)).toMatchObject({
      result: "fail",
      detail: "HTTP 503, database down",
    });
  });

  test("that says healthy under another status fails", () => {
    expect(measureHealth(expected, answer({}, 500)).result).toBe("fail");
  });

  test("of another environment fails", () => {
    expect(measureHealth(expected, answer({ environment: "staging" }))).toMatchObject({
      result: "fail",
      detail: "it runs as staging",
    });
  });

  test("that is no report fails when the candidate gave it, and is an error when another version did", () => {
    const page = (version: string): ProbeAnswer => ({
      kind: "answer",
      status: 500,
      headers: { "x-worker-version": version },
      body: "<html>",
      durationMs: 1,
    });

    expect(measureHealth(expected, page("candidate")).result).toBe("fail");
    expect(measureHealth(expected, page("stable")).result).toBe("error");
  });

  test("that doesn't come is an error", () => {
    expect(measureHealth(expected, { kind: "none", reason: "connection refused" }).result).toBe("error");
  });
});

describe("the verdict", () => {
  const all = (...results: Measurement["result"][]): Measurement[] =>
    results.map((result) => ({ probe: "p", result, detail: result }));

  test("is a pass after enough passes in a row", () => {
    expect(decideHealth("g", all("error", "pass", "pass", "pass"), { passes: 3 })?.result).toBe("pass");
    expect(decideHealth("g", all("pass", "pass", "error", "pass"), { passes: 3 })).toBeUndefined();
  });

  test("is a failure after three in a row, not after one", () => {
    expect(decideHealth("g", all("fail", "fail", "fail"), { passes: 3 })?.result).toBe("fail");
    expect(decideHealth("g", all("fail", "pass"), { passes: 3 })).toBeUndefined();
  });

  test("doesn't come from errors, which are no evidence", () => {
    expect(
      decideHealth("g", all(...Array.from({ length: 50 }, () => "error" as const)), { passes: 3 }),
    ).toBeUndefined();
  });

  test("is a failure when time is up and nothing healthy was seen", () => {
    expect(undecidedHealth("g", all("error", "error")).result).toBe("fail");
  });
});

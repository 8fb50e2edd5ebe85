import { describe, expect, test } from "vitest";
import type { Context, Target } from "../context.ts";
import type { ProbeAnswer } from "../ports.ts";
import { judgeHealth } from "./gate.ts";

const VERSION = "5e3f1d7c-0000-4000-8000-000000000000";
const TARGET = {
  name: "production",
  configuration: { url: "https://shop.example.com" },
  worker: { workerName: "shop" },
} as unknown as Target;

function answer(status: "healthy" | "unhealthy"): ProbeAnswer {
  const report = {
    schema: 1,
    status,
    timestamp: "2026-01-01T00:00:00.000Z",
    checkedAt: "2026-01-01T00:00:00.000Z",
    release: "r-1",
    version: VERSION,
    environment: "production",
    services: { database: "ok", storage: "ok", email: "ok", schema: "ok" },
    latenciesMs: {},
    schemaVersion: null,
    configuration: {},
  };
  const headers = { "x-worker-version": VERSION };
  return {
    kind: "answer",
    status: status === "healthy" ? 200 : 503,
    headers,
    body: JSON.stringify(report),
    durationMs: 1,
  };
}

/** A candidate that falls ill at some time, asked every 100 ms on a clock that only sleeping moves. */
function candidate(illAfterMs: number): { readonly context: Context; readonly elapsedMs: () => number } {
  let nowMs = 0;
  const clock = {
    now: () => new Date(nowMs),
    monotonicMs: () => nowMs,
    sleep: async (ms: number) => {
      nowMs += ms;
    },
  };
  const context = {
    clock,
    probe: async () => answer(nowMs < illAfterMs ? "healthy" : "unhealthy"),
    reporter: { measured: () => undefined },
    settings: {
      configuration: {
        worker: { healthPath: "/health" },
        gate: {
          timeoutMs: 1000,
          passes: 3,
          intervalMs: 100,
          soakIntervalMs: 500,
          metricsIntervalMs: 30_000,
          limits: { failures: 3, errors: 6, inconclusives: 10 },
        },
      },
    },
  } as unknown as Context;
  return { context, elapsedMs: () => nowMs };
}

const request = { gate: "health@10", versionId: VERSION, pinned: true };

describe("a gate", () => {
  test("passes after as many healthy answers in a row as it asks for", async () => {
    const { context, elapsedMs } = candidate(Infinity);

    expect((await judgeHealth(context, TARGET, request)).result).toBe("pass");
    expect(elapsedMs()).toBe(200);
  });

  test("watches a healthy candidate through its soak", async () => {
    const { context, elapsedMs } = candidate(Infinity);

    expect((await judgeHealth(context, TARGET, { ...request, soakMs: 5000 })).result).toBe("pass");
    expect(elapsedMs()).toBe(5000);
  });

  test("stops a candidate that falls ill in the soak", async () => {
    const { context, elapsedMs } = candidate(3000);

    expect((await judgeHealth(context, TARGET, { ...request, soakMs: 5000 })).result).toBe("fail");
    expect(elapsedMs()).toBe(3400);
  });
});

import { describe, expect, test } from "vitest";
import { invocationsQuery, parseInvocations } from "./invocations.ts";

const WINDOWS = [
  { from: "2026-01-01T10:01:00Z", until: "2026-01-01T10:10:00Z" },
  { from: "2026-01-01T10:11:00Z", until: "2026-01-02T10:10:00Z" },
];

const row = (more: object = {}) => ({
  dimensions: { scriptVersion: "v1" },
  sum: { requests: 1000, errors: 10 },
  avg: { sampleInterval: 10 },
  quantiles: { wallTimeP50: 80_000, wallTimeP95: 200_000, wallTimeP99: null },
  ...more,
});
const answer = (account: object) => ({ data: { viewer: { accounts: [account] } }, errors: null });

test("a query asks for all windows at once, its values as variables", () => {
  const { query, variables } = invocationsQuery("account", {
    worker: "shop",
    versions: ["v1", "v2"],
    windows: WINDOWS,
  });

  expect(query).toContain("window1: workersInvocationsAdaptive");
  expect(query).not.toContain("shop");
  expect(variables).toMatchObject({ worker: "shop", versions: ["v1", "v2"], until1: "2026-01-02T10:10:00Z" });
});

describe("an answer", () => {
  test("tells of each version, in milliseconds, with how much it is a sample of", () => {
    const parsed = parseInvocations(answer({ window0: [row()], window1: [] }), WINDOWS);

    expect(parsed).toEqual({
      kind: "metrics",
      windows: [
        new Map([
          [
            "v1",
            {
              requests: 1000,
              errors: 10,
              sampleInterval: 10,
              wallTimeMs: [
                { level: 0.5, ms: 80 },
                { level: 0.95, ms: 200 },
              ],
            },
          ],
        ]),
        new Map(),
      ],
    });
  });

  test.each([
    ["errors", { data: null, errors: [{ message: "not authorized for that account" }] }, "not authorized"],
    ["no account", { data: { viewer: { accounts: [] } }, errors: null }, "names no account"],
    ["something else", "<html>", "none of the analytics API"],
    ["a row of another form", answer({ window0: [{ sum: {} }] }), "none of the analytics API"],
  ])("with %s is refused", (_, body, reason) => {
    const parsed = parseInvocations(body, WINDOWS);

    expect(parsed).toMatchObject({ kind: "refused", reason: expect.stringContaining(reason) as string });
  });
});

import { expect, test } from "vitest";
import { failuresOf, requestsOf, type EnvironmentLoad, type Outcome } from "./failures-of.ts";

const SERVED = { url: "", release: "r-1", digest: "d-1", version: "v" };
const AS_IT_MUST_BE: Outcome = {
  first: SERVED,
  scenarios: [{ name: "A is stopped", expected: "r-1", served: "r-1", exitCode: 3, ok: true }],
  environments: { staging: SERVED, production: SERVED },
  loads: [{ environment: "staging", sent: 10, failed: 0, misrouted: 0, examples: [] }],
  unknownRoutes: [],
  leaks: { processes: [], refs: [], outbound: ["registry.npmjs.org:443"] },
};

test("a rehearsal in which all is as it must be has no failures", () => {
  expect(failuresOf(AS_IT_MUST_BE)).toEqual([]);
});

const noLeaks = AS_IT_MUST_BE.leaks;

test.each<[Partial<Outcome>, string]>([
  [
    { scenarios: [{ name: "A is stopped", expected: "r-1", served: "r-2", exitCode: 0, ok: false }] },
    "A is stopped: expected r-1, but r-2 (exit 0)",
  ],
  [
    { environments: { staging: SERVED, production: { ...SERVED, release: "r-2" } } },
    "production serves r-2 (sha256 d-1) at the end, not r-1 (sha256 d-1)",
  ],
  [
    { environments: { staging: { ...SERVED, digest: "d-2" }, production: SERVED } },
    "staging serves r-1 (sha256 d-2) at the end, not r-1 (sha256 d-1)",
  ],
  [
    {
      loads: [{ environment: "staging", sent: 9, failed: 1, misrouted: 2, examples: ["/: HTTP 502", "cut"] }],
    },
    "staging: 1 requests failed, 2 were answered by another environment: /: HTTP 502; cut",
  ],
  [{ unknownRoutes: ["GET /moon"] }, "the local cloud has no route GET /moon"],
  [{ leaks: { ...noLeaks, outbound: ["notnpmjs.org:443"] } }, "something tried to reach notnpmjs.org:443"],
  [{ leaks: { ...noLeaks, processes: ["workerd"] } }, "a process outlived the rehearsal: workerd"],
  [{ leaks: { ...noLeaks, refs: ["refs/heads/x 1"] } }, "refs of the clone changed"],
])("%o is a failure", (otherwise, sentence) => {
  expect(failuresOf({ ...AS_IT_MUST_BE, ...otherwise })).toEqual([sentence]);
});

test("requests are counted in all and by environment, those that another one answered among the failed", () => {
  const loads: readonly EnvironmentLoad[] = [
    { environment: "staging", sent: 10, failed: 1, misrouted: 2, examples: ["cut"] },
    { environment: "production", sent: 5, failed: 0, misrouted: 0, examples: [] },
  ];

  expect(requestsOf(loads)).toEqual({
    sent: 15,
    failed: 3,
    byEnvironment: {
      staging: { sent: 10, failed: 1, misrouted: 2 },
      production: { sent: 5, failed: 0, misrouted: 0 },
    },
  });
});

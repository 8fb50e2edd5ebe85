import { expect, test } from "vitest";
import { pauseBeforeRetry, type AttemptFailure } from "./retry.ts";

const NOW = Date.parse("2026-01-01T00:00:00Z");
const NETWORK: AttemptFailure = { kind: "network" };

function status(code: number, retryAfter: string | null = null): AttemptFailure {
  return { kind: "status", status: code, retryAfter };
}

function pause(
  failure: AttemptFailure,
  changes: { readonly repeatable?: boolean; readonly attempt?: number } = {},
) {
  return pauseBeforeRetry(failure, { attempt: 1, repeatable: false, random: 0, now: NOW, ...changes });
}

test.each([429, 409])("%i is repeated whatever the statement: it did not run", (code) => {
  expect(pause(status(code))).toBeGreaterThan(0);
});

test.each([500, 502, 503])("%i is repeated for a plain SELECT only", (code) => {
  expect(pause(status(code))).toBeUndefined();
  expect(pause(status(code), { repeatable: true })).toBeGreaterThan(0);
});

test("a failed connection is repeated for a plain SELECT only", () => {
  expect(pause(NETWORK)).toBeUndefined();
  expect(pause(NETWORK, { repeatable: true })).toBeGreaterThan(0);
});

test.each([400, 401, 403, 404, 413, 504, 507])("%i is never repeated", (code) => {
  expect(pause(status(code), { repeatable: true })).toBeUndefined();
});

test("there are four attempts at most, with pauses that grow", () => {
  const pauses = [1, 2, 3, 4].map((attempt) => pause(NETWORK, { repeatable: true, attempt }));

  expect(pauses).toEqual([25, 50, 100, undefined]);
});

test.each([
  ["2", 2_000],
  ["Thu, 01 Jan 2026 00:00:03 GMT", 3_000],
  ["Wed, 31 Dec 2025 00:00:00 GMT", 25],
  ["soon", 25],
])("Retry-After %s means %i ms", (value, milliseconds) => {
  expect(pause(status(429, value))).toBe(milliseconds);
});

test("who is told to wait longer than 10 s gives up and lets the caller decide", () => {
  expect(pause(status(429, "11"))).toBeUndefined();
});

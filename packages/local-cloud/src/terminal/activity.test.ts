import { expect, test } from "vitest";
import { Activity } from "./activity.ts";

const answered = (versionId: string, outcome: "success" | "internalError") =>
  ({ versionId, outcome, status: 200 }) as never;

test("requests are counted by version, and by second for the rate of the last five", () => {
  const clock = { now: 100_000 };
  const activity = new Activity(() => clock.now);
  for (let second = 0; second < 20; second += 1) {
    clock.now += 1000;
    for (let count = 0; count < 3; count += 1) activity.request(answered("v1", "success"));
  }
  activity.request(answered("v2", "internalError"));

  const { answered: counts, requestsPerSecond, requests } = activity.snapshot();

  expect(counts.get("v1")).toEqual({ total: 60, errors: 0 });
  expect(counts.get("v2")).toEqual({ total: 1, errors: 1 });
  expect(requestsPerSecond).toBeGreaterThan(2);
  expect(requestsPerSecond).toBeLessThan(4);
  expect(requests).toHaveLength(60);
  clock.now += 60_000;
  expect(activity.snapshot().requestsPerSecond).toBe(0);
});

test("what the API was asked is no note, what was blocked is", () => {
  const activity = new Activity(() => 0);

  activity.logged("api: GET /client/v4/accounts → 200 (1 ms)");
  activity.logged("2026-11-23 01:34:10.397 UTC [10877] LOG:  database system is ready");
  activity.logged("BLOCKED: a Worker asked for api.example");

  expect(activity.snapshot().notes).toEqual(["BLOCKED: a Worker asked for api.example"]);
});

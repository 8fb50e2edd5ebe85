import { expect, test } from "vitest";
import { movedTo, type QueuedJob, turned, without } from "./guesses.ts";

function job(id: string, state: QueuedJob["state"] = "queued"): QueuedJob {
  return {
    id,
    state,
    title: id,
    copies: 1,
    printSeconds: null,
    notes: "",
    revisionId: null,
    startedAt: null,
    createdAt: "2026-11-27T08:00:00.000Z",
    feasible: true,
    needs: [],
    costCents: 0,
  };
}

const JOBS = [job("runs", "printing"), job("a"), job("b"), job("c")];
const ids = (jobs: readonly QueuedJob[]) => jobs.map(({ id }) => id).join(" ");

test.each([
  ["b", "up", "runs b a c"],
  ["b", "down", "runs a c b"],
  ["c", "top", "runs c a b"],
  ["a", "bottom", "runs b c a"],
  ["a", "up", "runs a b c"],
  ["runs", "down", "runs a b c"],
  ["gone", "up", "runs a b c"],
] as const)("%s goes %s: %s", (id, direction, expected) => {
  expect(ids(movedTo(JOBS, id, direction))).toBe(expected);
});

test("a job that is started stands with those that run", () => {
  expect(ids(turned(JOBS, "c", "printing"))).toBe("runs c a b");
});

test("a cancelled job is gone", () => {
  expect(ids(without(JOBS, "b"))).toBe("runs a c");
});

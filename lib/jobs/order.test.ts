import { assert, constantFrom, property, shuffledSubarray } from "fast-check";
import { expect, test } from "vitest";
import { moved } from "./order.ts";

const QUEUE = ["a", "b", "c", "d"];

test.each([
  ["c", { to: "up" }, "acbd"],
  ["b", { to: "down" }, "acbd"],
  ["d", { to: "top" }, "dabc"],
  ["a", { to: "bottom" }, "bcda"],
  ["d", { before: "b" }, "adbc"],
  ["a", { before: "d" }, "bcad"],
  ["a", { to: "up" }, "abcd"],
  ["d", { to: "down" }, "abcd"],
  ["a", { before: "a" }, "abcd"],
  ["a", { before: "gone" }, "abcd"],
  ["gone", { to: "top" }, "abcd"],
] as const)("%s goes %j: %s", (id, move, expected) => {
  expect(moved(QUEUE, id, move).join("")).toBe(expected);
});

test("a move loses nobody and leaves the others in their order", () => {
  const to = constantFrom("up", "down", "top", "bottom");
  assert(
    property(shuffledSubarray(QUEUE, { minLength: 1 }), constantFrom(...QUEUE), to, (queue, id, place) => {
      const after = moved(queue, id, { to: place });

      expect(after.toSorted()).toEqual(queue.toSorted());
      expect(after.filter((other) => other !== id)).toEqual(queue.filter((other) => other !== id));
    }),
  );
});

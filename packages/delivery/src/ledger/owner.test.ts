import { expect, test } from "vitest";
import { formatOwner, parseOwner, viewLease } from "./owner.ts";

const self = { host: "here", pid: 1 };

test("an owner survives being written down", () => {
  expect(parseOwner(formatOwner({ host: "a/b", pid: 42 }))).toEqual({ host: "a/b", pid: 42 });
});

test.each([
  [undefined, true, "free"],
  ["here/2", true, "alive"],
  ["here/2", false, "gone"],
  ["elsewhere/2", false, "unknown"],
  ["nonsense", true, "unknown"],
] as const)("a lease of %s whose process is alive: %s is %s", (owner, alive, view) => {
  expect(viewLease(owner, self, () => alive)).toBe(view);
});

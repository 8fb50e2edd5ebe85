import { expect, test } from "vitest";
import { nearest } from "./nearest.ts";

test("a mistyped word finds the one that was meant", () => {
  expect(nearest("rolback", ["deploy", "rollback", "status"])).toBe("rollback");
});

test("a word unlike any other finds none", () => {
  expect(nearest("banana", ["deploy", "rollback", "status"])).toBeUndefined();
});

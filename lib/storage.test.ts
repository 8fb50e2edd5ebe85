import { expect, test } from "vitest";
import { fileKey } from "./storage.ts";

test("a file lies under its owner's id", () => {
  const id = "0b8f6a52-5e0c-4c43-9d0f-2f3a7c1b9e11";

  expect(fileKey("user-1", id)).toBe(`users/user-1/${id}`);
  expect(fileKey("../user-2", id)).toBe(`users/..%2Fuser-2/${id}`);
});

test.each([
  "",
  "..",
  "../user-2/0b8f6a52-5e0c-4c43-9d0f-2f3a7c1b9e11",
  "0B8F6A52-5E0C-4C43-9D0F-2F3A7C1B9E11",
  "x",
])("%j opens no file", (id) => {
  expect(fileKey("user-1", id)).toBeNull();
});

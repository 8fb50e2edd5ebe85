import * as fc from "fast-check";
import { expect, test } from "vitest";
import { ownPath } from "./own-path.ts";

test.each(["/filaments", "/models/1?tab=files", "/queue#job-2"])("%s is a way to go on", (path) => {
  expect(ownPath(path)).toBe(path);
});

test.each([
  undefined,
  "",
  "filaments",
  "https://evil.example/",
  "//evil.example",
  "/\\evil.example",
  "/\t/evil.example",
  "/..//evil.example",
  "javascript:alert(1)",
  "//[",
])("%j leads to the dashboard", (asked) => {
  expect(ownPath(asked)).toBe("/dashboard");
});

test("whatever is asked, a browser stays on this site", () => {
  const pieces = fc.constantFrom(
    "/",
    "\\",
    "\t",
    "\n",
    ".",
    "..",
    "evil.example",
    "@",
    ":",
    "?",
    "#",
    "%2f",
    " ",
  );
  fc.assert(
    fc.property(fc.array(pieces, { maxLength: 8 }), (parts) => {
      const { origin } = new URL(ownPath(parts.join("")), "https://fm5.example.com/sign-in");
      expect(origin).toBe("https://fm5.example.com");
    }),
  );
});

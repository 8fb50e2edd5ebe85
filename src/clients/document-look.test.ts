import { expect, test } from "vitest";
import { documentLook } from "./document-look.ts";

test.each([
  ["fm5-theme=dark", "dark"],
  ["a=1; fm5-theme=light; b=2", "light"],
  ["fm5-theme=system", "system"],
  ["", "system"],
  ["fm5-theme=pink", "system"],
  ["not-fm5-theme=dark", "system"],
])("%j asks for the theme %s", (cookies, theme) => {
  expect(documentLook(cookies).theme).toBe(theme);
});

test.each([
  ["fm5.session_token=x", true],
  ["a=1; __Secure-fm5.session_token=x", true],
  ["other-fm5.session_token=x", false],
  ["", false],
])("%j may be signed in: %s", (cookies, may) => {
  expect(documentLook(cookies).mayBeSignedIn).toBe(may);
});

import { expect, test } from "vitest";
import { themeIn } from "./theme.ts";

test.each([
  ["fm5-theme=dark", "dark"],
  ["a=1; fm5-theme=light; b=2", "light"],
  ["fm5-theme=system", "system"],
  ["", "system"],
  ["fm5-theme=pink", "system"],
  ["not-fm5-theme=dark", "system"],
])("%j asks for the theme %s", (cookies, theme) => {
  expect(themeIn(cookies)).toBe(theme);
});

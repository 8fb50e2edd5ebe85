import { createIsomorphicFn } from "@tanstack/react-start";
import { getRequest } from "@tanstack/react-start/server";

const THEMES = ["system", "light", "dark"] as const;

/** How pages look: as the device says, or always in one way. */
export type Theme = (typeof THEMES)[number];

const COOKIE = "fm5-theme";
const YEAR_SECONDS = 365 * 24 * 60 * 60;

/** What the browser's cookies say: which look was chosen, and whether somebody may be signed in here. */
export const readCookies = createIsomorphicFn()
  .server(() => getRequest().headers.get("cookie") ?? "")
  .client(() => document.cookie);

/** The chosen theme, so that the server renders a page in it at once; the device's where none was chosen. */
export function themeIn(cookies: string): Theme {
  const value = new RegExp(`(?:^|;\\s*)${COOKIE}=(\\w+)`, "u").exec(cookies)?.[1];
  return THEMES.find((theme) => theme === value) ?? "system";
}

/** Remembers a theme for a year, in this browser. */
export function keepTheme(theme: Theme): void {
  // oxlint-disable-next-line unicorn/no-document-cookie -- the Cookie Store is not everywhere yet
  document.cookie = `${COOKIE}=${theme}; path=/; max-age=${YEAR_SECONDS}; samesite=lax`;
}

import { createIsomorphicFn } from "@tanstack/react-start";
import { getRequest } from "@tanstack/react-start/server";

const THEMES = ["system", "light", "dark"] as const;

/** How pages look: as the device says, or always in one way. */
export type Theme = (typeof THEMES)[number];

/** What a page's frame takes from the browser's cookies, and nothing else of them. */
export interface DocumentLook {
  readonly theme: Theme;
  /** Whether there is a session, good or not. Only the server sees its cookie. */
  readonly mayBeSignedIn: boolean;
}

const THEME_COOKIE = /(?:^|;\s*)fm5-theme=(\w+)/u;
const SESSION_COOKIE = /(?:^|;\s*)(?:__Secure-)?fm5\.session_token=/u;
const YEAR_SECONDS = 365 * 24 * 60 * 60;

export const readCookies = createIsomorphicFn()
  .server(() => getRequest().headers.get("cookie") ?? "")
  .client(() => document.cookie);

/** Lets the server render a page in its theme at once; the device's where none was chosen. */
export function documentLook(cookies: string): DocumentLook {
  const chosen = THEME_COOKIE.exec(cookies)?.[1];
  return {
    theme: THEMES.find((theme) => theme === chosen) ?? "system",
    mayBeSignedIn: SESSION_COOKIE.test(cookies),
  };
}

/** Remembers a theme for a year, in this browser. */
export function keepTheme(theme: Theme): void {
  // oxlint-disable-next-line unicorn/no-document-cookie -- the Cookie Store is not everywhere yet
  document.cookie = `fm5-theme=${theme}; path=/; max-age=${YEAR_SECONDS}; samesite=lax`;
}

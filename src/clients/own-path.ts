const ELSEWHERE = "https://elsewhere.invalid";

/**
 * A path of FM5's own, with its query, to go on to; the fallback for whatever would lead to another site.
 * @param asked what an address or a form says, so anything
 */
export function ownPath(asked: unknown, fallback = "/dashboard"): string {
  if (typeof asked !== "string" || !asked.startsWith("/") || !URL.canParse(asked, ELSEWHERE)) return fallback;
  const { origin, pathname, search, hash } = new URL(asked, ELSEWHERE);
  // `/a/..//host` is on this origin, but becomes `//host`, which isn't.
  return origin === ELSEWHERE && !pathname.startsWith("//") ? `${pathname}${search}${hash}` : fallback;
}

/** What takes other methods than a page does: the API, and TanStack Start's server functions. */
const NOT_PAGES = /^\/(?:api|_serverFn)\//u;
const READING = ["GET", "HEAD"];

/** The refusal of a method that no page takes; null when the request may go on. */
export function refusePageMethod({ method, url }: Request): Response | null {
  if (READING.includes(method) || NOT_PAGES.test(`${new URL(url).pathname}/`)) return null;
  return methodRefused(READING);
}

/** @see https://www.rfc-editor.org/rfc/rfc9110#name-405-method-not-allowed */
export function methodRefused(allowed: readonly string[]): Response {
  return new Response("This address takes other methods.\n", {
    status: 405,
    headers: { allow: allowed.join(", "), "content-type": "text/plain; charset=utf-8" },
  });
}

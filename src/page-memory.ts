import { requestContext } from "../lib/request-context.ts";
import { documentLook } from "./clients/document-look.ts";

type Handler = (request: Request) => Response | Promise<Response>;

/** A rendered page, cut where a nonce belongs, and its headers. */
interface Remembered {
  readonly pieces: readonly string[];
  readonly headers: Headers;
}

/**
 * Pages that show nothing of anybody: whoever's cookies ask for the same look gets the same page. What they show changes
 * with the Worker's version alone, so an isolate renders each once.
 */
const SHARED_PATHS = ["/"];

/** Answers for shared pages from memory, with a nonce of each request's own; hands every other request on. */
export function rememberPages(handler: Handler): Handler {
  const memory = new Map<string, Remembered>();

  async function render(request: Request, key: string): Promise<Response> {
    const answer = await handler(request);
    const { status, headers } = answer;
    if (status !== 200 || headers.has("set-cookie") || !headers.get("content-type")?.startsWith("text/html"))
      return answer;
    const pieces = (await answer.text()).split(requestContext().nonce);
    memory.set(key, { pieces, headers });
    return respond({ pieces, headers });
  }

  return (request) => {
    const key = keyOf(request);
    if (key === null) return handler(request);
    const known = memory.get(key);
    return known === undefined ? render(request, key) : respond(known);
  };
}

function respond({ pieces, headers }: Remembered): Response {
  return new Response(pieces.join(requestContext().nonce), { headers });
}

function keyOf({ method, url, headers }: Request): string | null {
  const { pathname, search } = new URL(url);
  if (method !== "GET" || search !== "" || !SHARED_PATHS.includes(pathname)) return null;
  const { theme, mayBeSignedIn } = documentLook(headers.get("cookie") ?? "");
  return `${pathname} ${theme} ${mayBeSignedIn}`;
}

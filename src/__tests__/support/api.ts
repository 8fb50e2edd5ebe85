import { createTRPCClient, httpLink, type TRPCClient } from "@trpc/client";
import type { ApiRouter } from "../../../lib/routers/index.ts";
import type { Visitor } from "./visitor.ts";

/** The API as somebody calls it over HTTP, with the types that its clients have. */
export function apiFor(visitor: Visitor, origin: string): TRPCClient<ApiRouter> {
  return createTRPCClient<ApiRouter>({
    links: [
      httpLink({
        url: `${origin}/api/trpc`,
        headers: { origin },
        fetch: (url, init) => {
          const { pathname, search } = new URL(url instanceof Request ? url.url : url);
          return visitor.ask(`${pathname}${search}`, init as RequestInit);
        },
      }),
    ],
  });
}

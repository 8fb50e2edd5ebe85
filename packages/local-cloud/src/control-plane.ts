import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { systemErrorCode } from "./errors.ts";
import { refusal, Refusal } from "./http/refusal.ts";
import { writeRefusal, writeReply } from "./http/reply.ts";
import { apiRequest } from "./http/request.ts";
import { matcher, type Route } from "./http/routes.ts";
import type { AccountsBackend } from "./services/accounts/backend.ts";
import type { TailBackend } from "./services/tail/backend.ts";

/** Where Cloudflare's API begins, as in `https://api.cloudflare.com/client/v4`. */
export const API_PREFIX = "/client/v4";

export interface ControlPlaneParts {
  readonly routes: readonly Route[];
  /** Pages and JSON for people and rehearsals, outside of Cloudflare's API. */
  readonly ownRoutes: readonly Route[];
  readonly accounts: AccountsBackend;
  readonly tails: TailBackend;
  readonly onUnknownRoute: (line: string) => void;
  readonly log: (line: string) => void;
}

/** The server that speaks Cloudflare's API. */
export function createControlPlane(parts: ControlPlaneParts): Server {
  const match = matcher(parts.routes);
  const matchOwn = matcher(parts.ownRoutes);
  const server = createServer((request, response) => {
    const startedAt = performance.now();
    response.on("finish", () => {
      const durationMs = Math.round(performance.now() - startedAt);
      parts.log(`api: ${request.method} ${request.url} → ${response.statusCode} (${durationMs} ms)`);
    });
    serve(parts, { match, matchOwn }, { request, response }).catch((error: unknown) => {
      if (error instanceof Refusal) return writeRefusal(response, error);
      parts.log(
        `api: ${request.method} ${request.url}: ${error instanceof Error ? error.stack : String(error)}`,
      );
      if (response.headersSent) return response.destroy();
      return writeRefusal(response, refusal(500, 10_013, unknownError(error)));
    });
  });
  server.on("upgrade", (request, socket, head) => parts.tails.connect(request, socket, head));
  return server;
}

/** Cloudflare's sentence, unless it's this machine that fails. */
function unknownError(error: unknown): string {
  const isFull = systemErrorCode(error) === "ENOSPC";
  return isFull
    ? "The disk under the local cloud's data folder is full. Nothing was changed."
    : "An unknown error has occurred.";
}

type Matcher = ReturnType<typeof matcher>;

async function serve(
  parts: ControlPlaneParts,
  { match, matchOwn }: { readonly match: Matcher; readonly matchOwn: Matcher },
  { request, response }: { readonly request: IncomingMessage; readonly response: ServerResponse },
): Promise<void> {
  const url = new URL(request.url ?? "/", "http://localhost");
  const method = request.method ?? "GET";
  const isApi = url.pathname.startsWith(`${API_PREFIX}/`);
  const found = isApi ? match(method, url.pathname.slice(API_PREFIX.length)) : matchOwn(method, url.pathname);
  if (!found) {
    if (isApi) parts.onUnknownRoute(`${method} ${url.pathname}`);
    throw refusal(501, 10_501, `The local cloud has no route for ${method} ${url.pathname}.`);
  }
  const { route, params } = found;
  parts.accounts.authorize(request.headers.authorization ?? null, params["accountId"], route.scope);
  await writeReply(response, await route.handle(apiRequest(request, url, params)));
}

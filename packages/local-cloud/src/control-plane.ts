import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { systemErrorCode } from "./errors.ts";
import { refuseForeignRequest } from "./http/foreign-requests.ts";
import { RateLimit, type RatePolicy } from "./http/rate-limit.ts";
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
  /** Undefined: no limit. */
  readonly rateLimit?: RatePolicy | undefined;
  /** How long a client may take. Default: 15 s for the headers, 5 min for all of the request. */
  readonly patience?: { readonly headersMs: number; readonly requestMs: number };
  readonly onUnknownRoute: (line: string) => void;
  readonly log: (line: string) => void;
}

const PATIENCE = { headersMs: 15_000, requestMs: 300_000 };

/** The server that speaks Cloudflare's API. */
export function createControlPlane(parts: ControlPlaneParts): Server {
  const gate: Gate = {
    match: matcher(parts.routes),
    matchOwn: matcher(parts.ownRoutes),
    rates: parts.rateLimit && new RateLimit(parts.rateLimit, () => performance.now()),
  };
  const { headersMs, requestMs } = parts.patience ?? PATIENCE;
  const limits = {
    headersTimeout: headersMs,
    requestTimeout: requestMs,
    connectionsCheckingInterval: headersMs / 4,
  };
  const server = createServer(limits, (request, response) => {
    const startedAt = performance.now();
    response.on("finish", () => {
      const durationMs = Math.round(performance.now() - startedAt);
      parts.log(`api: ${request.method} ${request.url} → ${response.statusCode} (${durationMs} ms)`);
    });
    serve(parts, gate, { request, response }).catch((error: unknown) => {
      if (error instanceof Refusal) return writeRefusal(response, error);
      if (request.errored || response.destroyed) return response.destroy();
      parts.log(
        `api: ${request.method} ${request.url}: ${error instanceof Error ? error.stack : String(error)}`,
      );
      if (response.headersSent) return response.destroy();
      return writeRefusal(response, refusal(500, 10_013, unknownError(error)));
    });
  });
  server.on("upgrade", (request, socket, head) => {
    socket.on("error", () => socket.destroy());
    if (isForeign(request))
      return socket.end("HTTP/1.1 403 Forbidden\r\nconnection: close\r\ncontent-length: 0\r\n\r\n");
    return parts.tails.connect(request, socket, head);
  });
  return server;
}

/** Cloudflare's sentence, unless it's this machine that fails. */
function unknownError(error: unknown): string {
  const isFull = systemErrorCode(error) === "ENOSPC";
  return isFull
    ? "The disk under the local cloud's data folder is full. Nothing was changed."
    : "An unknown error has occurred.";
}

function isForeign(request: IncomingMessage): boolean {
  try {
    refuseForeignRequest(request.headers);
    return false;
  } catch {
    return true;
  }
}

interface Gate {
  readonly match: ReturnType<typeof matcher>;
  readonly matchOwn: ReturnType<typeof matcher>;
  readonly rates: RateLimit | undefined;
}

/** Only the path and the query count: whatever host a request line may name is not asked. */
function urlOf(request: IncomingMessage): URL {
  const target = request.url ?? "/";
  const url = target.startsWith("/") ? URL.parse(`http://localhost${target}`) : URL.parse(target);
  if (url === null) throw refusal(400, 7003, "Could not route to that path: it is not a URL.");
  return url;
}

async function serve(
  parts: ControlPlaneParts,
  { match, matchOwn, rates }: Gate,
  { request, response }: { readonly request: IncomingMessage; readonly response: ServerResponse },
): Promise<void> {
  refuseForeignRequest(request.headers);
  const url = urlOf(request);
  const method = request.method ?? "GET";
  const isApi = url.pathname.startsWith(`${API_PREFIX}/`);
  const found = isApi ? match(method, url.pathname.slice(API_PREFIX.length)) : matchOwn(method, url.pathname);
  if (!found) {
    if (isApi) parts.onUnknownRoute(`${method} ${url.pathname}`);
    throw refusal(501, 10_501, `The local cloud has no route for ${method} ${url.pathname}.`);
  }
  const { route, params } = found;
  const token = parts.accounts.authorize(
    request.headers.authorization ?? null,
    params["accountId"],
    route.scope,
  );
  if (isApi && token && rates)
    for (const [name, value] of Object.entries(rates.count(token.id))) response.setHeader(name, value);
  await writeReply(response, await route.handle(apiRequest(request, url, params)));
}

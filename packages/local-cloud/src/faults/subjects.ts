import type { IncomingMessage } from "node:http";
import type { Service, Subject } from "./fault.ts";

/** Which part of Cloudflare's API a path below `/accounts/ID` belongs to. */
const API_PARTS: readonly (readonly [RegExp, Service])[] = [
  [/^\/accounts\/[^/]+\/workers\//u, "workers"],
  [/^\/accounts\/[^/]+\/r2\//u, "r2"],
  [/^\/accounts\/[^/]+\/storage\/kv\//u, "kv"],
  [/^\/accounts\/[^/]+\/d1\//u, "d1"],
  [/^\/accounts\/[^/]+\/queues(?:\/|$)/u, "queues"],
  [/^\/(?:graphql|accounts\/[^/]+\/analytics_engine\/.*)$/u, "analytics"],
];

/** A request to the control plane; `prefix` is where Cloudflare's API begins. Other paths are nobody's. */
export function apiSubject(request: IncomingMessage, prefix: string): Subject {
  const { path, method } = line(request);
  if (!path.startsWith(`${prefix}/`)) return { services: [], method, path };
  const below = path.slice(prefix.length);
  const part = API_PARTS.find(([pattern]) => pattern.test(below))?.[1];
  return { services: part === undefined ? ["api"] : ["api", part], method, path: below };
}

/** A request to a Worker; `host` is without its port. */
export function edgeSubject(request: IncomingMessage): Subject {
  const authority = request.headers[":authority"] ?? request.headers.host ?? "";
  return { services: ["edge"], ...line(request), host: String(authority).replace(/:\d+$/u, "") };
}

/** SQL over HTTP, or a WebSocket that carries PostgreSQL's protocol. */
export function xataSubject(request: IncomingMessage): Subject {
  return { services: ["xata"], ...line(request) };
}

function line(request: IncomingMessage): { readonly method: string; readonly path: string } {
  return { method: request.method ?? "GET", path: (request.url ?? "/").split("?")[0] ?? "/" };
}

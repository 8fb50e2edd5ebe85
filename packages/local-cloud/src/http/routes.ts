import type { ApiReply } from "./reply.ts";
import type { ApiRequest } from "./request.ts";

/** What a token must be allowed to do before a route answers. */
export type Scope =
  "none" | "account:read" | "workers:read" | "workers:write" | "r2:read" | "r2:write" | "tail:read";

export interface Route {
  readonly method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE" | "HEAD";
  /** `/accounts/:accountId/…`; a last segment `*name` takes the rest of the path, slashes included. */
  readonly path: string;
  readonly scope: Scope;
  readonly handle: (request: ApiRequest) => ApiReply | Promise<ApiReply>;
}

export interface RouteMatch {
  readonly route: Route;
  readonly params: Readonly<Record<string, string>>;
}

/** Finds the route for a method and an encoded path. Undefined where there is none: the caller answers 501. */
export function matcher(routes: readonly Route[]): (method: string, path: string) => RouteMatch | undefined {
  const compiled = routes.map((route) => ({ route, pattern: pattern(route.path) }));
  return (method, path) => {
    for (const { route, pattern: expression } of compiled) {
      if (route.method !== method) continue;
      const match = expression.exec(path);
      if (match) return { route, params: decoded(match.groups ?? {}) };
    }
    return undefined;
  };
}

function pattern(path: string): RegExp {
  const segments = path.split("/").map((segment) => {
    if (segment.startsWith(":")) return `(?<${segment.slice(1)}>[^/]+)`;
    if (segment.startsWith("*")) return `(?<${segment.slice(1)}>.+)`;
    return segment.replaceAll(".", "\\.");
  });
  return new RegExp(`^${segments.join("/")}/?$`, "u");
}

function decoded(groups: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(groups).map(([name, value]) => [name, decodeSegment(value)]));
}

function decodeSegment(value: string): string {
  try {
    return decodeURIComponent(value);
  } catch {
    return value;
  }
}

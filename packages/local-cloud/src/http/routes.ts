import type { ApiReply } from "./reply.ts";
import type { ApiRequest } from "./request.ts";

/** The kinds of thing that a token may be allowed to read or to write. */
export const SCOPES = [
  "account:read",
  "analytics:read",
  "d1:read",
  "d1:write",
  "kv:read",
  "kv:write",
  "queues:read",
  "queues:write",
  "r2:read",
  "r2:write",
  "tail:read",
  "workers:read",
  "workers:write",
] as const;

/**
 * What a token must be allowed to do before a route answers. `none`: the route needs no token, or checks its own.
 * `admin`: only the token that may do everything.
 */
export type Scope = "none" | "admin" | (typeof SCOPES)[number];

export interface Route {
  readonly method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE" | "HEAD";
  /** `/accounts/:accountId/…`; a last segment `*name` takes the rest of the path, slashes included. */
  readonly path: string;
  readonly scope: Scope;
  /** What docs/coverage.md says of it. */
  readonly doc?: RouteDoc;
  readonly handle: (request: ApiRequest) => ApiReply | Promise<ApiReply>;
}

/** How far a field, a setting or a behaviour goes: as the real service has it, refused by name, or nearly so and how. */
export type Coverage = "supported" | `refused: ${string}` | `approximated: ${string}`;

export interface RouteDoc {
  /** The section of docs/coverage.md, such as "Workers: versions" or "R2". */
  readonly service: string;
  /** What it does, in a few words. */
  readonly summary: string;
  /** The whole of it; the fields below say more. Default: "supported". */
  readonly coverage?: Coverage;
  /** Body fields as `field.inner`, query parameters as `?name`, headers as `header: name`, answers' fields as `→ field`, else a behaviour in words. */
  readonly fields?: Readonly<Record<string, Coverage>>;
  /** The provider's page. */
  readonly source?: string;
}

/** What has an entry in docs/coverage.md: a route, or the same for a server that has no route table. */
export type Documented = Pick<Route, "path" | "doc"> & { readonly method: string };

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

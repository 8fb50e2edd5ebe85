import { sha256 } from "../storage/stage.ts";
import type { ShopIds } from "./full-shop.ts";
import type { ApiPath } from "./pages.ts";

export interface ApiRequest extends RequestInit {
  /** The method and the route, by which it is named. */
  readonly name: string;
  readonly path: string;
  readonly method: string;
}

type Requests = (ids: ShopIds) => readonly Omit<ApiRequest, "method" | "name">[];

const BYTES = "G28\n";
const PART = { headers: { "x-content-sha256": sha256(BYTES) }, body: BYTES };
const JSON_TYPE = { "content-type": "application/json" };
const RANGE = { range: "bytes=0-9" };

const at = (path: string): Requests => {
  return () => [{ path }];
};
const ofEachFile =
  (rest = "", init: RequestInit = {}): Requests =>
  ({ files }) =>
    Object.values(files).map((id) => ({ path: `/api/files/${id}${rest}`, ...init }));

/** Every route of the API and each of its methods: one that is added needs an entry. */
const ROUTES: Readonly<Record<ApiPath, Readonly<Record<string, Requests>>>> = {
  "/api/account/export": { GET: at("/api/account/export") },
  "/api/auth/$": { ANY: at("/api/auth/get-session") },
  "/api/files": {
    GET: at("/api/files"),
    POST: () => [
      {
        path: "/api/files",
        headers: JSON_TYPE,
        body: JSON.stringify({ name: "another.gcode", kind: "print", sizeBytes: 4 }),
      },
    ],
  },
  "/api/files/$id": {
    GET: (ids) => [...ofEachFile()(ids), ...ofEachFile("", { headers: RANGE })(ids)],
    HEAD: ofEachFile(),
    DELETE: ofEachFile(),
  },
  "/api/files/$id/thumbnail": { GET: ofEachFile("/thumbnail") },
  "/api/files/$id/parts": { GET: ofEachFile("/parts") },
  "/api/files/$id/parts/$number": { PUT: ofEachFile("/parts/1", PART) },
  "/api/files/$id/complete": {
    POST: ofEachFile("/complete", { headers: JSON_TYPE, body: JSON.stringify({ sha256: sha256(BYTES) }) }),
  },
};

/** A browser asks for the head of whatever it may get. */
const ASKED_BESIDES = ["HEAD"];

interface RouteModule {
  readonly Route: { readonly options: { readonly server?: { readonly handlers?: object } } };
}

/** Paths with the methods that their files have handlers for. */
export function servedMethods(): Readonly<Record<string, readonly string[]>> {
  const modules = import.meta.glob<RouteModule>("../../routes/api/**/*.ts", { eager: true });
  return Object.fromEntries(
    Object.entries(modules).map(([file, { Route }]) => {
      const path = file.replace("../../routes", "").replace(/(?:\/index)?\.ts$/u, "");
      const methods = Object.keys(Route.options.server?.handlers ?? {});
      // Where others are, it refuses the rest.
      return [path, methods.length > 1 ? methods.filter((method) => method !== "ANY") : methods];
    }),
  );
}

/** Paths with the methods that are walked. */
export function walkedMethods(): Readonly<Record<string, readonly string[]>> {
  return Object.fromEntries(
    Object.entries(ROUTES).map(([path, methods]) => [
      path,
      Object.keys(methods).filter((method) => !ASKED_BESIDES.includes(method)),
    ]),
  );
}

/** Requests to every route of the API, by every method, with the ids of a shop. */
export function requestsFor(ids: ShopIds): readonly ApiRequest[] {
  return Object.entries(ROUTES).flatMap(([route, methods]) =>
    Object.entries(methods).flatMap(([any, requests]) => {
      const method = any === "ANY" ? "GET" : any;
      return requests(ids).map((request) => ({ ...request, method, name: `${method} ${route}` }));
    }),
  );
}

import * as z from "zod";
import { paged } from "../../http/pages.ts";
import { ok } from "../../http/reply.ts";
import type { ApiRequest } from "../../http/request.ts";
import type { Route } from "../../http/routes.ts";
import type { WorkersBackend } from "../workers/backend.ts";
import { workerOf } from "../workers/request-facts.ts";
import { zoneOf, type Zone, type ZoneRoute, type ZonesBackend } from "./backend.ts";

const SCRIPT = "/accounts/:accountId/workers/scripts/:worker";
const ROUTES = "/zones/:zoneId/workers/routes";
const DOC = {
  service: "Workers: routes",
  source: "https://developers.cloudflare.com/api/resources/workers/subresources/routes/",
} as const;
const PATTERN = "approximated: HOST/* and *.HOST/*; a path is refused by name (10501)";

const wantedSchema = z.array(
  z.object({ pattern: z.string().min(1).max(1024), zone_name: z.string().optional() }).loose(),
);
const routeSchema = z.object({ pattern: z.string().min(1).max(1024), script: z.string() });

export function zoneRoutes(
  zones: ZonesBackend,
  workers: WorkersBackend,
  accountId: string,
): readonly Route[] {
  const zoneIdOf = (request: ApiRequest) => request.params["zoneId"] ?? "";
  const routeIdOf = (request: ApiRequest) => request.params["routeId"] ?? "";
  const ofZone = (request: ApiRequest) =>
    zones
      .list()
      .filter(({ zone }) => zoneOf(zone).id === zoneIdOf(request))
      .map(present);
  return [
    {
      method: "GET",
      path: "/zones",
      scope: "workers:read",
      doc: {
        ...DOC,
        summary: "the zone of a host name, as wrangler asks for it",
        source: "https://developers.cloudflare.com/api/resources/zones/methods/list/",
        fields: {
          "?name": "approximated: each name of two labels is a zone of the account",
          "any other filter": "refused: without a name the list is that of the zones with routes",
        },
      },
      handle: (request) => {
        const name = request.url.searchParams.get("name");
        const known = [...new Set(zones.list().map(({ zone }) => zone))].map(zoneOf);
        const found =
          name === null ? known : [zoneOf(name)].filter((zone) => zone.name === name.toLowerCase());
        return paged(
          request,
          found.map((zone) => presentZone(zone, accountId)),
        );
      },
    },
    {
      method: "PUT",
      path: `${SCRIPT}/routes`,
      scope: "workers:write",
      doc: { ...DOC, summary: "give a Worker exactly these routes", fields: { pattern: PATTERN } },
      handle: async (request) => {
        const { name } = workers.worker(workerOf(request));
        const wanted = await request.json(wantedSchema);
        const patterns = wanted.map(({ pattern, zone_name: zone }) => ({
          pattern,
          ...(zone !== undefined && { zone }),
        }));
        return ok(zones.replace(name, patterns).map(present));
      },
    },
    {
      method: "GET",
      path: ROUTES,
      scope: "workers:read",
      doc: { ...DOC, summary: "the routes of a zone" },
      handle: (request) => ok(ofZone(request)),
    },
    {
      method: "POST",
      path: ROUTES,
      scope: "workers:write",
      doc: { ...DOC, summary: "add a route", fields: { pattern: PATTERN, script: "supported" } },
      handle: async (request) => {
        const { pattern, script } = await request.json(routeSchema);
        return ok(present(zones.add(zoneIdOf(request), pattern, workers.worker(script).name)));
      },
    },
    {
      method: "GET",
      path: `${ROUTES}/:routeId`,
      scope: "workers:read",
      doc: { ...DOC, summary: "a route" },
      handle: (request) => ok(present(zones.route(zoneIdOf(request), routeIdOf(request)))),
    },
    {
      method: "DELETE",
      path: `${ROUTES}/:routeId`,
      scope: "workers:write",
      doc: { ...DOC, summary: "delete a route" },
      handle: (request) => {
        zones.remove(zoneIdOf(request), routeIdOf(request));
        return ok({ id: routeIdOf(request) });
      },
    },
  ];
}

function present({ id, pattern, script }: ZoneRoute): unknown {
  return { id, pattern, script };
}

function presentZone({ id, name }: Zone, accountId: string): unknown {
  return { id, name, status: "active", paused: false, type: "full", account: { id: accountId } };
}

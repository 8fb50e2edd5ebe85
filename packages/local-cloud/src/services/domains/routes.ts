import * as z from "zod";
import { ok } from "../../http/reply.ts";
import type { Route } from "../../http/routes.ts";
import type { WorkersBackend } from "../workers/backend.ts";
import { workerOf } from "../workers/request-facts.ts";
import type { CustomDomain, DomainsBackend } from "./backend.ts";

const SCRIPT = "/accounts/:accountId/workers/scripts/:worker";
const DOMAINS = "/accounts/:accountId/workers/domains";

const DOC = {
  service: "Workers: custom domains",
  source: "https://developers.cloudflare.com/api/resources/workers/subresources/domains/",
} as const;

const FILTERS = ["hostname", "service", "zone_id", "zone_name", "environment"] as const;

const originSchema = z.object({
  hostname: z.string().min(1),
  zone_id: z.string().optional(),
  zone_name: z.string().optional(),
  enabled: z.boolean().optional(),
  previews_enabled: z.boolean().optional(),
});

const recordsSchema = z.object({
  origins: z.array(originSchema),
  override_scope: z.boolean().optional(),
  override_existing_origin: z.boolean().optional(),
  override_existing_dns_record: z.boolean().optional(),
});

/** @see https://developers.cloudflare.com/api/resources/workers/subresources/domains/ */
export function domainRoutes(domains: DomainsBackend, workers: WorkersBackend): readonly Route[] {
  return [
    {
      method: "POST",
      path: `${SCRIPT}/domains/changeset`,
      scope: "workers:write",
      doc: {
        ...DOC,
        summary: "what setting a Worker's domains would do",
        fields: { "→ conflicting": "approximated: empty, since there is no DNS" },
      },
      handle: async (request) => {
        const { name } = workers.worker(workerOf(request));
        return ok(domains.changeset(name, await request.json(z.array(originSchema))));
      },
    },
    {
      method: "PUT",
      path: `${SCRIPT}/domains/records`,
      scope: "workers:write",
      doc: {
        ...DOC,
        summary: "make a Worker answer on exactly these host names",
        fields: {
          "origins.hostname": "supported",
          "origins.enabled": "approximated: kept and shown",
          "origins.previews_enabled": "approximated: kept and shown",
          override_existing_origin: "supported",
          override_existing_dns_record:
            "approximated: accepted; there is no DNS, so no record is in the way (100117)",
          override_scope: "approximated: accepted",
        },
      },
      handle: async (request) => {
        const { name } = workers.worker(workerOf(request));
        const { origins, override_existing_origin: override = false } = await request.json(recordsSchema);
        return ok(domains.replace(name, origins, { overrideExistingOrigin: override }));
      },
    },
    ...[DOMAINS, `${DOMAINS}/records`].map((path): Route => ({
      method: "GET",
      path,
      scope: "workers:read",
      doc: {
        ...DOC,
        summary: "the custom domains of the account",
        fields: {
          "?hostname": "supported",
          "?service": "supported",
          "?zone_id": "supported",
          "?zone_name": "supported",
          "?environment": "approximated: there is one, production",
        },
      },
      handle: (request) => ok(domains.list().filter((domain) => passes(domain, request.url.searchParams))),
    })),
    {
      method: "PUT",
      path: DOMAINS,
      scope: "workers:write",
      doc: {
        ...DOC,
        summary: "give one host name to a Worker",
        fields: { hostname: "supported", service: "supported", zone_id: "supported", zone_name: "supported" },
      },
      handle: async (request) => {
        const { service, ...origin } = await request.json(originSchema.extend({ service: z.string() }));
        return ok(domains.attach(workers.worker(service).name, origin));
      },
    },
    ...[DOMAINS, `${DOMAINS}/records`].map((path): Route => ({
      method: "GET",
      path: `${path}/:domainId`,
      scope: "workers:read",
      doc: { ...DOC, summary: "a custom domain" },
      handle: (request) => ok(domains.get(request.params["domainId"] ?? "")),
    })),
    {
      method: "DELETE",
      path: `${DOMAINS}/:domainId`,
      scope: "workers:write",
      doc: { ...DOC, summary: "delete a custom domain" },
      handle: (request) => {
        domains.delete(request.params["domainId"] ?? "");
        return ok(null);
      },
    },
  ];
}

function passes(domain: CustomDomain, filters: URLSearchParams): boolean {
  return FILTERS.every((name) => {
    const wanted = filters.get(name);
    return wanted === null || domain[name] === wanted;
  });
}

import * as z from "zod";
import { ok } from "../../http/reply.ts";
import type { Route } from "../../http/routes.ts";
import type { WorkersBackend } from "../workers/backend.ts";
import { workerOf } from "../workers/routes.ts";
import type { DomainsBackend } from "./backend.ts";

const SCRIPT = "/accounts/:accountId/workers/scripts/:worker";
const DOMAINS = "/accounts/:accountId/workers/domains";

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
      handle: async (request) => {
        const { name } = workers.worker(workerOf(request));
        return ok(domains.changeset(name, await request.json(z.array(originSchema))));
      },
    },
    {
      method: "PUT",
      path: `${SCRIPT}/domains/records`,
      scope: "workers:write",
      handle: async (request) => {
        const { name } = workers.worker(workerOf(request));
        const { origins, override_existing_origin: override = false } = await request.json(recordsSchema);
        return ok(domains.replace(name, origins, { overrideExistingOrigin: override }));
      },
    },
    {
      method: "GET",
      path: DOMAINS,
      scope: "workers:read",
      handle: (request) => {
        const service = request.url.searchParams.get("service");
        const hostname = request.url.searchParams.get("hostname");
        const matches = domains
          .list()
          .filter(
            (domain) =>
              (service === null || domain.service === service) &&
              (hostname === null || domain.hostname === hostname),
          );
        return ok(matches);
      },
    },
    {
      method: "GET",
      path: `${DOMAINS}/records/:domainId`,
      scope: "workers:read",
      handle: (request) => ok(domains.get(request.params["domainId"] ?? "")),
    },
    {
      method: "DELETE",
      path: `${DOMAINS}/:domainId`,
      scope: "workers:write",
      handle: (request) => {
        domains.delete(request.params["domainId"] ?? "");
        return ok(null);
      },
    },
  ];
}

import * as z from "zod";
import { paged } from "../../http/pages.ts";
import { ok } from "../../http/reply.ts";
import type { ApiRequest } from "../../http/request.ts";
import type { Route } from "../../http/routes.ts";
import { ACCOUNT_SUBDOMAIN } from "../../dataplane/hosts.ts";
import type { Source, WorkersBackend } from "./backend.ts";
import { serviceNotFound } from "./errors.ts";
import type { WorkerDocument } from "./model.ts";
import {
  presentBinding,
  presentDeployment,
  presentScript,
  presentVersion,
  presentVersionSummary,
} from "./present.ts";
import { parseUpload } from "./upload.ts";
import type { WorkersStore } from "./store.ts";

const ACCOUNT = "/accounts/:accountId/workers";
const SCRIPT = `${ACCOUNT}/scripts/:worker`;

const deploymentSchema = z.object({
  strategy: z.literal("percentage"),
  versions: z.array(z.object({ version_id: z.uuid(), percentage: z.number() })),
  annotations: z.object({ "workers/message": z.string().optional() }).optional(),
});

const subdomainSchema = z.object({ enabled: z.boolean(), previews_enabled: z.boolean().optional() });

/** How many deployments a list shows. @see https://developers.cloudflare.com/api/resources/workers/subresources/scripts/subresources/deployments/ */
const LISTED_DEPLOYMENTS = 10;

/** @see https://developers.cloudflare.com/api/resources/workers/ */
export function workerRoutes(
  workers: WorkersBackend,
  store: WorkersStore,
  edgeHost: () => string,
): readonly Route[] {
  return [
    {
      method: "GET",
      path: `${ACCOUNT}/services/:worker`,
      scope: "workers:read",
      handle: (request) => {
        const worker = store.worker(workerOf(request));
        if (!worker) throw serviceNotFound();
        const script = presentScript(worker, store.latestVersion(worker.name));
        const environment = {
          environment: "production",
          created_on: worker.createdAt,
          modified_on: worker.modifiedAt,
          script,
        };
        return ok({
          id: worker.name,
          created_on: worker.createdAt,
          modified_on: worker.modifiedAt,
          default_environment: environment,
        });
      },
    },
    {
      method: "GET",
      path: `${ACCOUNT}/scripts`,
      scope: "workers:read",
      handle: () =>
        ok(store.workers().map((worker) => presentScript(worker, store.latestVersion(worker.name)))),
    },
    {
      method: "PUT",
      path: SCRIPT,
      scope: "workers:write",
      handle: async (request) => {
        const upload = await parseUpload(await request.form());
        const { worker, version, deployment } = await workers.putScript(
          workerOf(request),
          upload,
          sourceOf(request),
        );
        void deployment;
        return ok({
          ...(presentScript(worker, version) as object),
          deployment_id: version.id.replaceAll("-", ""),
          startup_time_ms: version.startupTimeMs,
        });
      },
    },
    {
      method: "POST",
      path: `${SCRIPT}/versions`,
      scope: "workers:write",
      handle: async (request) => {
        const upload = await parseUpload(await request.form());
        return ok(presentVersion(await workers.uploadVersion(workerOf(request), upload, sourceOf(request))));
      },
    },
    {
      method: "GET",
      path: `${SCRIPT}/versions`,
      scope: "workers:read",
      handle: (request) => {
        const versions = workers.versions(workerOf(request)).map(presentVersionSummary);
        if (request.url.searchParams.get("deployable") === "true")
          return ok({ items: versions.slice(0, 100) });
        return paged(request, versions, (items) => ({ items }));
      },
    },
    {
      method: "GET",
      path: `${SCRIPT}/versions/:versionId`,
      scope: "workers:read",
      handle: (request) =>
        ok(presentVersion(workers.version(workerOf(request), request.params["versionId"] ?? ""))),
    },
    {
      method: "GET",
      path: `${SCRIPT}/deployments`,
      scope: "workers:read",
      handle: (request) => {
        const deployments = workers.deployments(workerOf(request)).slice(0, LISTED_DEPLOYMENTS);
        return ok({ deployments: deployments.map(presentDeployment) });
      },
    },
    {
      method: "POST",
      path: `${SCRIPT}/deployments`,
      scope: "workers:write",
      handle: async (request) => {
        const { versions, annotations } = await request.json(deploymentSchema);
        const shares = versions.map(({ version_id: versionId, percentage }) => ({ versionId, percentage }));
        const deployment = await workers.deploy(workerOf(request), shares, {
          source: sourceOf(request),
          message: annotations?.["workers/message"],
          force: request.url.searchParams.get("force") === "true",
        });
        return ok(presentDeployment(deployment));
      },
    },
    {
      method: "GET",
      path: `${SCRIPT}/settings`,
      scope: "workers:read",
      handle: (request) => {
        const worker = workers.worker(workerOf(request));
        const latest = store.latestVersion(worker.name);
        return ok({
          ...worker.settings,
          bindings: (latest?.bindings ?? []).map(presentBinding),
          compatibility_date: latest?.compatibilityDate,
          compatibility_flags: latest?.compatibilityFlags ?? [],
          usage_model: "standard",
        });
      },
    },
    {
      method: "GET",
      path: `${SCRIPT}/script-settings`,
      scope: "workers:read",
      handle: (request) => ok(workers.worker(workerOf(request)).settings),
    },
    {
      method: "PATCH",
      path: `${SCRIPT}/script-settings`,
      scope: "workers:write",
      handle: async (request) => {
        const patch = await request.json(z.record(z.string(), z.unknown()));
        const change = (worker: WorkerDocument) => ({
          ...worker,
          settings: { ...worker.settings, ...patch },
        });
        return ok(workers.updateWorker(workerOf(request), change).settings);
      },
    },
    {
      method: "GET",
      path: `${ACCOUNT}/subdomain`,
      scope: "workers:read",
      handle: () => ok({ subdomain: ACCOUNT_SUBDOMAIN }),
    },
    {
      method: "GET",
      path: `${SCRIPT}/subdomain`,
      scope: "workers:read",
      handle: (request) => ok(presentSubdomain(workers.worker(workerOf(request)))),
    },
    {
      method: "POST",
      path: `${SCRIPT}/subdomain`,
      scope: "workers:write",
      handle: async (request) => {
        const { enabled, previews_enabled: previewsEnabled = enabled } = await request.json(subdomainSchema);
        const change = (worker: WorkerDocument) => ({
          ...worker,
          subdomainEnabled: enabled,
          previewsEnabled,
        });
        return ok(presentSubdomain(workers.updateWorker(workerOf(request), change)));
      },
    },
    {
      method: "GET",
      path: `${ACCOUNT}/workers/:worker`,
      scope: "workers:read",
      handle: (request) => {
        const worker = workers.worker(workerOf(request));
        const subdomain = {
          ...presentSubdomain(worker),
          url: `http://${worker.name}.${edgeHost()}`,
          preview_url_suffix: `-${worker.name}.${edgeHost()}`,
        };
        return ok({
          id: worker.tag,
          name: worker.name,
          created_on: worker.createdAt,
          updated_on: worker.modifiedAt,
          subdomain,
        });
      },
    },
  ];
}

function presentSubdomain(worker: WorkerDocument): { enabled: boolean; previews_enabled: boolean } {
  return { enabled: worker.subdomainEnabled, previews_enabled: worker.previewsEnabled };
}

export function workerOf(request: ApiRequest): string {
  return request.params["worker"] ?? "";
}

/** Cloudflare tells its own tools from other clients by their user agent. */
export function sourceOf(request: ApiRequest): Source {
  return request.headers.get("user-agent")?.startsWith("wrangler/") ? "wrangler" : "api";
}

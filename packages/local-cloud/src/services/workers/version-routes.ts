import * as z from "zod";
import { paged } from "../../http/pages.ts";
import { ok } from "../../http/reply.ts";
import type { Route } from "../../http/routes.ts";
import type { WorkersBackend } from "./backend.ts";
import { DEPLOYABLE_VERSIONS } from "./limits.ts";
import { presentDeployment, presentVersion, presentVersionSummary } from "./present.ts";
import { sourceOf, uploadOptionsOf, workerOf } from "./request-facts.ts";
import { UPLOAD_FIELDS } from "./upload-doc.ts";
import { parseUpload } from "./upload.ts";

const SCRIPT = "/accounts/:accountId/workers/scripts/:worker";
const API = "https://developers.cloudflare.com/api/resources/workers/subresources/scripts/subresources";
const VERSIONS = { service: "Workers: versions", source: `${API}/versions/` } as const;
const DEPLOYMENTS = { service: "Workers: deployments", source: `${API}/deployments/` } as const;

const deploymentSchema = z.object({
  strategy: z.literal("percentage"),
  versions: z.array(z.object({ version_id: z.uuid(), percentage: z.number() })),
  annotations: z.object({ "workers/message": z.string().optional() }).optional(),
});

/** How many deployments a list shows. @see https://developers.cloudflare.com/api/resources/workers/subresources/scripts/subresources/deployments/ */
const LISTED_DEPLOYMENTS = 10;

export function versionRoutes(workers: WorkersBackend): readonly Route[] {
  return [
    {
      method: "POST",
      path: `${SCRIPT}/versions`,
      scope: "workers:write",
      doc: { ...VERSIONS, summary: "upload a version that serves nothing yet", fields: UPLOAD_FIELDS },
      handle: async (request) => {
        const upload = await parseUpload(await request.form());
        return ok(
          presentVersion(await workers.uploadVersion(workerOf(request), upload, uploadOptionsOf(request))),
        );
      },
    },
    {
      method: "GET",
      path: `${SCRIPT}/versions`,
      scope: "workers:read",
      doc: {
        ...VERSIONS,
        summary: "the versions, newest first",
        fields: { "?deployable": "supported", "?page": "supported", "?per_page": "supported" },
      },
      handle: (request) => {
        const versions = workers.versions(workerOf(request)).map(presentVersionSummary);
        const isDeployable = request.url.searchParams.get("deployable") === "true";
        if (!isDeployable) return paged(request, versions, (items) => ({ items }));
        const deployable = versions.slice(0, DEPLOYABLE_VERSIONS);
        const asksForPage = request.url.searchParams.has("page") || request.url.searchParams.has("per_page");
        return asksForPage ? paged(request, deployable, (items) => ({ items })) : ok({ items: deployable });
      },
    },
    {
      method: "GET",
      path: `${SCRIPT}/versions/:versionId`,
      scope: "workers:read",
      doc: { ...VERSIONS, summary: "a version with its bindings; secrets by name only" },
      handle: (request) =>
        ok(presentVersion(workers.version(workerOf(request), request.params["versionId"] ?? ""))),
    },
  ];
}

export function deploymentRoutes(workers: WorkersBackend): readonly Route[] {
  const idOf = (request: { params: Readonly<Record<string, string>> }) =>
    request.params["deploymentId"] ?? "";
  return [
    {
      method: "GET",
      path: `${SCRIPT}/deployments`,
      scope: "workers:read",
      doc: { ...DEPLOYMENTS, summary: "the last 10 deployments, newest first" },
      handle: (request) => {
        const deployments = workers.deployments(workerOf(request)).slice(0, LISTED_DEPLOYMENTS);
        return ok({ deployments: deployments.map(presentDeployment) });
      },
    },
    {
      method: "POST",
      path: `${SCRIPT}/deployments`,
      scope: "workers:write",
      doc: {
        ...DEPLOYMENTS,
        summary: "route a Worker's requests to one or two versions",
        fields: {
          "?force": "supported",
          strategy: "supported",
          "versions.version_id": "supported",
          "versions.percentage": "supported",
          annotations: "approximated: workers/message only",
          "only the last 100 versions": "approximated: the rule is documented, its code (10023) is not",
        },
      },
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
      path: `${SCRIPT}/deployments/:deploymentId`,
      scope: "workers:read",
      doc: { ...DEPLOYMENTS, summary: "a deployment" },
      handle: (request) => ok(presentDeployment(workers.deployment(workerOf(request), idOf(request)))),
    },
    {
      method: "DELETE",
      path: `${SCRIPT}/deployments/:deploymentId`,
      scope: "workers:write",
      doc: { ...DEPLOYMENTS, summary: "take one that no longer serves out of the list" },
      handle: (request) => {
        workers.deleteDeployment(workerOf(request), idOf(request));
        return ok(null);
      },
    },
  ];
}

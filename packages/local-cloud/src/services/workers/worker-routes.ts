import * as z from "zod";
import { paged } from "../../http/pages.ts";
import { ok } from "../../http/reply.ts";
import type { ApiRequest } from "../../http/request.ts";
import type { Route } from "../../http/routes.ts";
import type { WorkersBackend } from "./backend.ts";
import { unsupported } from "./errors.ts";
import type { VersionDocument, WorkerDocument } from "./model.ts";
import { presentBinding } from "./present.ts";
import { uploadOptionsOf } from "./request-facts.ts";
import { presentSubdomain, withSettings } from "./settings-routes.ts";
import type { WorkersStore } from "./store.ts";
import { moduleOf, parseMetadata } from "./upload.ts";
import { USER_EMAIL, USER_ID } from "../accounts/model.ts";

const WORKERS = "/accounts/:accountId/workers/workers";
const WORKER = `${WORKERS}/:worker`;
const DOC = {
  service: "Workers: workers (beta API)",
  source: "https://developers.cloudflare.com/api/resources/workers/subresources/beta/subresources/workers/",
} as const;

const settingsSchema = z.object({
  logpush: z.boolean().optional(),
  observability: z.record(z.string(), z.unknown()).optional(),
  subdomain: z
    .object({ enabled: z.boolean().optional(), previews_enabled: z.boolean().optional() })
    .optional(),
  tags: z.array(z.string()).optional(),
  tail_consumers: z.array(z.looseObject({ name: z.string() })).optional(),
});
const createSchema = settingsSchema.extend({ name: z.string() }).strict();
type Settings = z.infer<typeof settingsSchema>;

const versionSchema = z.looseObject({
  modules: z
    .array(z.object({ name: z.string(), content_type: z.string(), content_base64: z.base64() }))
    .default([]),
});

interface Parts {
  readonly workers: WorkersBackend;
  readonly store: WorkersStore;
  readonly edgeHost: () => string;
  readonly remove: (worker: string, options: { readonly force: boolean }) => void;
}

/** Workers by name or by id. */
export function betaWorkerRoutes(parts: Parts): readonly Route[] {
  const { workers, store, edgeHost, remove } = parts;
  const find = (request: ApiRequest): WorkerDocument => workers.worker(nameOf(store, request));
  const present = (worker: WorkerDocument) => presentWorker(worker, parts);
  const change = async (request: ApiRequest) => {
    const settings = await request.json(settingsSchema.extend({ name: z.string().optional() }).strict());
    const { name } = find(request);
    if (settings.name !== undefined && settings.name !== name) throw unsupported("renaming a Worker");
    return ok(present(workers.updateWorker(name, withWorkerSettings(settings))));
  };
  return [
    {
      method: "GET",
      path: WORKERS,
      scope: "workers:read",
      doc: { ...DOC, summary: "all Workers", fields: { "?page": "supported", "?per_page": "supported" } },
      handle: (request) => paged(request, store.workers().map(present)),
    },
    {
      method: "POST",
      path: WORKERS,
      scope: "workers:write",
      doc: {
        ...DOC,
        summary: "make a Worker that has no version yet",
        fields: {
          name: "supported",
          subdomain: "supported",
          tags: "supported",
          previews_base_config: "refused: 10001",
        },
      },
      handle: async (request) => {
        const { name, ...settings } = await request.json(createSchema);
        workers.create(name, {});
        return ok(present(workers.updateWorker(name, withWorkerSettings(settings))));
      },
    },
    {
      method: "GET",
      path: WORKER,
      scope: "workers:read",
      doc: {
        ...DOC,
        summary: "a Worker by name or id, with its addresses",
        fields: {
          "→ subdomain.url": "approximated: NAME.localhost at the edge's port, where browsers find it",
          "→ references": "approximated: Workers and custom domains are not listed",
        },
      },
      handle: (request) => ok(present(find(request))),
    },
    {
      method: "PUT",
      path: WORKER,
      scope: "workers:write",
      doc: { ...DOC, summary: "change its settings", fields: { name: "refused: another name (10501)" } },
      handle: change,
    },
    {
      method: "PATCH",
      path: WORKER,
      scope: "workers:write",
      doc: {
        ...DOC,
        summary: "change some of its settings",
        fields: { name: "refused: another name (10501)" },
      },
      handle: change,
    },
    {
      method: "DELETE",
      path: WORKER,
      scope: "workers:write",
      doc: { ...DOC, summary: "delete a Worker" },
      handle: (request) => {
        remove(find(request).name, { force: false });
        return ok(null);
      },
    },
    {
      method: "GET",
      path: `${WORKER}/versions`,
      scope: "workers:read",
      doc: {
        ...DOC,
        summary: "its versions, newest first",
        fields: { "?page": "supported", "?per_page": "supported" },
      },
      handle: (request) => {
        const { name } = find(request);
        return paged(
          request,
          workers.versions(name).map((version) => presentBetaVersion(version, edgeHost())),
        );
      },
    },
    {
      method: "POST",
      path: `${WORKER}/versions`,
      scope: "workers:write",
      doc: {
        ...DOC,
        summary: "upload a version as JSON",
        fields: {
          modules: "supported",
          bindings: "supported",
          assets: "supported",
          "?deploy": "supported",
          migrations: "refused: Durable Object migrations outside of a script's upload (10501)",
        },
      },
      handle: async (request) => {
        const { name } = find(request);
        const { modules, ...metadata } = await request.json(versionSchema);
        if (metadata["migrations"] !== undefined) throw unsupported("migrations in a version sent as JSON");
        const upload = {
          metadata: parseMetadata(metadata),
          modules: modules.map((module) =>
            moduleOf(module.name, module.content_type, Buffer.from(module.content_base64, "base64")),
          ),
        };
        const options = uploadOptionsOf(request);
        const deploys = request.url.searchParams.get("deploy") === "true";
        const version = deploys
          ? (await workers.putScript(name, upload, options)).version
          : await workers.uploadVersion(name, upload, options);
        return ok(presentBetaVersion(version, edgeHost()));
      },
    },
    {
      method: "GET",
      path: `${WORKER}/versions/:versionId`,
      scope: "workers:read",
      doc: { ...DOC, summary: "a version", fields: { "?include": "refused: modules (10501)" } },
      handle: (request) => {
        if (request.url.searchParams.has("include"))
          throw unsupported("a version with its modules (?include)");
        const version = workers.version(find(request).name, request.params["versionId"] ?? "");
        return ok(presentBetaVersion(version, edgeHost()));
      },
    },
  ];
}

/** The name that the path's name or id stands for. */
export function nameOf(store: WorkersStore, request: ApiRequest): string {
  const given = request.params["worker"] ?? "";
  if (store.worker(given)) return given;
  return store.workers().find(({ tag }) => tag === given)?.name ?? given;
}

function presentWorker(worker: WorkerDocument, { store, edgeHost }: Parts): unknown {
  const { settings } = worker;
  return {
    id: worker.tag,
    name: worker.name,
    created_on: worker.createdAt,
    updated_on: worker.modifiedAt,
    deployed_on: store.newestDeployment(worker.name)?.createdAt ?? null,
    logpush: settings["logpush"] ?? false,
    observability: settings["observability"] ?? { enabled: false },
    tags: settings["tags"] ?? [],
    tail_consumers: settings["tail_consumers"] ?? [],
    references: {
      dispatch_namespace_outbounds: [],
      domains: [],
      durable_objects: [],
      queues: [],
      workers: [],
    },
    subdomain: {
      ...presentSubdomain(worker),
      url: `http://${worker.name}.${edgeHost()}`,
      preview_url_suffix: `-${worker.name}.${edgeHost()}`,
    },
  };
}

function presentBetaVersion(version: VersionDocument, edgeHost: string): unknown {
  return {
    id: version.id,
    number: version.number,
    created_on: version.createdAt,
    source: version.source,
    annotations: version.annotations,
    author_id: USER_ID,
    author_email: USER_EMAIL,
    bindings: version.bindings.map(presentBinding),
    ...(version.compatibilityDate !== undefined && { compatibility_date: version.compatibilityDate }),
    compatibility_flags: version.compatibilityFlags,
    ...(version.limits && { limits: version.limits }),
    ...(version.mainModule !== undefined && { main_module: version.mainModule }),
    ...(version.assets && { assets: { config: version.assets.config } }),
    startup_time_ms: version.startupTimeMs,
    urls: [`http://${version.id.slice(0, 8)}-${version.worker}.${edgeHost}`],
    usage_model: "standard",
  };
}

function withWorkerSettings({
  subdomain,
  ...settings
}: Settings): (worker: WorkerDocument) => WorkerDocument {
  const { logpush, observability, tags, tail_consumers: consumers } = settings;
  const unversioned = {
    ...(logpush !== undefined && { logpush }),
    ...(observability && { observability }),
    ...(tags && { tags }),
    ...(consumers && { tail_consumers: consumers.map(({ name, ...rest }) => ({ service: name, ...rest })) }),
  };
  return (worker) => {
    const enabled = subdomain?.enabled ?? worker.subdomainEnabled;
    const previews = subdomain?.previews_enabled ?? subdomain?.enabled ?? worker.previewsEnabled;
    return { ...withSettings(unversioned)(worker), subdomainEnabled: enabled, previewsEnabled: previews };
  };
}

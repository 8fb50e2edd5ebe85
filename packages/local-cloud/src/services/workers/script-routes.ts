import { ok, type RawReply } from "../../http/reply.ts";
import type { Route } from "../../http/routes.ts";
import type { Blobs } from "../../store/blobs.ts";
import type { WorkersBackend } from "./backend.ts";
import { serviceNotFound } from "./errors.ts";
import { multipartOf } from "./multipart.ts";
import { presentScript } from "./present.ts";
import { uploadOptionsOf, workerOf } from "./request-facts.ts";
import type { WorkersStore } from "./store.ts";
import { UPLOAD_FIELDS } from "./upload-doc.ts";
import { parseUpload } from "./upload.ts";

const ACCOUNT = "/accounts/:accountId/workers";
const SCRIPT = `${ACCOUNT}/scripts/:worker`;
const SOURCE = "https://developers.cloudflare.com/api/resources/workers/subresources/scripts/";
const SECTION = "Workers: scripts";

interface Parts {
  readonly workers: WorkersBackend;
  readonly store: WorkersStore;
  readonly blobs: Blobs;
  /** Deletes a Worker with its triggers. */
  readonly remove: (worker: string, options: { readonly force: boolean }) => void;
}

/** Scripts as a whole, and services, wrangler's other name for them. */
export function scriptRoutes({ workers, store, blobs, remove }: Parts): readonly Route[] {
  const present = (name: string) => presentScript(workers.worker(name), store.latestVersion(name));
  const download = (name: string): RawReply => {
    workers.worker(name);
    return multipartOf(store.latestVersion(name), blobs);
  };
  return [
    {
      method: "GET",
      path: `${ACCOUNT}/services/:worker`,
      scope: "workers:read",
      doc: { service: SECTION, summary: "a Worker as wrangler asks for it before it deploys" },
      handle: (request) => {
        const worker = store.worker(workerOf(request));
        if (!worker) throw serviceNotFound();
        const dates = { created_on: worker.createdAt, modified_on: worker.modifiedAt };
        const environment = { environment: "production", ...dates, script: present(worker.name) };
        return ok({ id: worker.name, ...dates, default_environment: environment });
      },
    },
    {
      method: "GET",
      path: `${ACCOUNT}/scripts`,
      scope: "workers:read",
      doc: { service: SECTION, summary: "all Workers", source: SOURCE, fields: { "?tags": "supported" } },
      handle: (request) => {
        const wanted = (request.url.searchParams.get("tags") ?? "").split(",").filter((tag) => tag !== "");
        const named = store.workers().filter((worker) => hasTags(worker.settings["tags"], wanted));
        return ok(named.map(({ name }) => present(name)));
      },
    },
    {
      method: "PUT",
      path: SCRIPT,
      scope: "workers:write",
      doc: {
        service: SECTION,
        summary: "upload a version and deploy it to 100 %; makes the Worker if it is new",
        source: SOURCE,
        fields: UPLOAD_FIELDS,
      },
      handle: async (request) => {
        const upload = await parseUpload(await request.form());
        const options = uploadOptionsOf(request);
        const { worker, version } = await workers.putScript(workerOf(request), upload, options);
        return ok({
          ...(presentScript(worker, version) as object),
          deployment_id: version.id.replaceAll("-", ""),
          startup_time_ms: version.startupTimeMs,
        });
      },
    },
    {
      method: "GET",
      path: SCRIPT,
      scope: "workers:read",
      doc: { service: SECTION, summary: "the modules of the newest version, as a form", source: SOURCE },
      handle: (request) => download(workerOf(request)),
    },
    {
      method: "GET",
      path: `${SCRIPT}/content/v2`,
      scope: "workers:read",
      doc: { service: SECTION, summary: "the same", source: SOURCE },
      handle: (request) => download(workerOf(request)),
    },
    ...[SCRIPT, `${ACCOUNT}/services/:worker`].map((path): Route => ({
      method: "DELETE",
      path,
      scope: "workers:write",
      doc: {
        service: SECTION,
        summary:
          "delete a Worker with its versions, deployments, assets and triggers; a queue's consumer only by ?force",
        source: SOURCE,
        fields: { "?force": "supported", "what its bindings stored": "supported" },
      },
      handle: (request) => {
        remove(workerOf(request), { force: request.url.searchParams.get("force") === "true" });
        return ok(null);
      },
    })),
    {
      method: "GET",
      path: `${SCRIPT}/references`,
      scope: "workers:read",
      doc: {
        service: SECTION,
        summary: "which Workers bind this one, as wrangler asks before it deletes",
        fields: {
          "→ services, durable_objects, dispatch_outbounds":
            "approximated: none, since no Worker can bind another",
        },
      },
      handle: (request) => {
        workers.worker(workerOf(request));
        return ok({
          services: { incoming: [], outgoing: [], pages_function: false },
          durable_objects: [],
          dispatch_outbounds: [],
        });
      },
    },
    {
      method: "GET",
      path: `${ACCOUNT}/tails/by-consumer/:worker`,
      scope: "workers:read",
      doc: { service: SECTION, summary: "which Workers name this one as their tail consumer" },
      handle: (request) =>
        ok(
          store
            .workers()
            .filter(({ settings }) => namesConsumer(settings["tail_consumers"], workerOf(request)))
            .map(({ name }) => ({ producer: { script: name } })),
        ),
    },
  ];
}

/** @see the official SDK's `ScriptListParams.tags`: `name:yes` or `name:no`, comma-separated. */
function hasTags(present: unknown, wanted: readonly string[]): boolean {
  const tags: readonly unknown[] = Array.isArray(present) ? present : [];
  return wanted.every((entry) => {
    const [tag, answer = "yes"] = entry.split(":");
    return tags.includes(tag) === (answer === "yes");
  });
}

function namesConsumer(consumers: unknown, worker: string): boolean {
  return (
    Array.isArray(consumers) &&
    consumers.some((consumer) => (consumer as { service?: unknown } | null)?.service === worker)
  );
}

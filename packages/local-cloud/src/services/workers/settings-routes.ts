import * as z from "zod";
import { ACCOUNT_SUBDOMAIN } from "../../dataplane/hosts.ts";
import { ok } from "../../http/reply.ts";
import { parseValue, type ApiRequest } from "../../http/request.ts";
import type { Route } from "../../http/routes.ts";
import type { WorkersBackend } from "./backend.ts";
import { subdomainTaken } from "./errors.ts";
import { documentIn } from "./form-fields.ts";
import type { WorkerDocument } from "./model.ts";
import { presentBinding } from "./present.ts";
import { sourceOf, workerOf } from "./request-facts.ts";
import type { WorkersStore } from "./store.ts";

const ACCOUNT = "/accounts/:accountId/workers";
const SCRIPT = `${ACCOUNT}/scripts/:worker`;
const API = "https://developers.cloudflare.com/api/resources/workers";
const SETTINGS = {
  service: "Workers: settings",
  source: `${API}/subresources/scripts/subresources/settings/`,
} as const;
const SUBDOMAIN = {
  service: "Workers: workers.dev",
  source: `${API}/subresources/scripts/subresources/subdomain/`,
} as const;

const subdomainSchema = z.object({ enabled: z.boolean(), previews_enabled: z.boolean().optional() });

/** What isn't part of a version. */
const unversionedSchema = z.strictObject({
  logpush: z.boolean().nullish(),
  observability: z.record(z.string(), z.unknown()).nullish(),
  tags: z.array(z.string()).nullish(),
  tail_consumers: z.array(z.object({ service: z.string() }).loose()).nullish(),
});

const versionedSchema = z.looseObject({
  bindings: z.array(z.unknown()).optional(),
  compatibility_date: z.string().optional(),
  compatibility_flags: z.array(z.string()).optional(),
  limits: z.record(z.string(), z.unknown()).optional(),
  placement: z.record(z.string(), z.unknown()).optional(),
  usage_model: z.enum(["standard", "bundled", "unbound"]).optional(),
});

export function settingsRoutes(workers: WorkersBackend, store: WorkersStore): readonly Route[] {
  const settingsOf = (name: string): unknown => {
    const worker = workers.worker(name);
    const latest = store.latestVersion(name);
    return {
      ...worker.settings,
      bindings: (latest?.bindings ?? []).map(presentBinding),
      ...(latest?.compatibilityDate !== undefined && { compatibility_date: latest.compatibilityDate }),
      compatibility_flags: latest?.compatibilityFlags ?? [],
      ...(latest?.limits && { limits: latest.limits }),
      ...(latest?.placement && { placement: latest.placement }),
      usage_model: "standard",
    };
  };
  return [
    {
      method: "GET",
      path: `${SCRIPT}/settings`,
      scope: "workers:read",
      doc: { ...SETTINGS, summary: "versioned and unversioned settings, of the newest version" },
      handle: (request) => ok(settingsOf(workerOf(request))),
    },
    {
      method: "PATCH",
      path: `${SCRIPT}/settings`,
      scope: "workers:write",
      doc: {
        ...SETTINGS,
        summary: "change settings: a new version, deployed at once",
        fields: {
          bindings: "supported",
          compatibility_date: "supported",
          compatibility_flags: "supported",
          limits: "supported",
          placement: "supported",
          usage_model: "approximated: accepted; there is one model",
          "any other field": "refused: by name (10001)",
        },
      },
      handle: async (request) => {
        const { usage_model: _, ...patch } = parseValue(await settingsPart(request), versionedSchema);
        const { bindings, compatibility_date, compatibility_flags, limits, placement, ...unversioned } =
          patch;
        const rest = parseValue(unversioned, unversionedSchema);
        await workers.changeSettings(
          workerOf(request),
          {
            bindings,
            compatibilityDate: compatibility_date,
            compatibilityFlags: compatibility_flags,
            limits,
            placement,
          },
          sourceOf(request),
        );
        if (Object.keys(rest).length > 0) workers.updateWorker(workerOf(request), withSettings(rest));
        return ok(settingsOf(workerOf(request)));
      },
    },
    {
      method: "GET",
      path: `${SCRIPT}/script-settings`,
      scope: "workers:read",
      doc: { ...SETTINGS, summary: "unversioned settings" },
      handle: (request) => ok(workers.worker(workerOf(request)).settings),
    },
    {
      method: "PATCH",
      path: `${SCRIPT}/script-settings`,
      scope: "workers:write",
      doc: {
        ...SETTINGS,
        summary: "change unversioned settings",
        fields: {
          logpush: "approximated: kept and shown; nothing is pushed",
          observability: "approximated: kept and shown",
          tags: "supported",
          tail_consumers: "approximated: kept and shown; Workers as tail consumers aren't called",
        },
      },
      handle: async (request) => {
        const patch = await request.json(unversionedSchema);
        return ok(workers.updateWorker(workerOf(request), withSettings(patch)).settings);
      },
    },
    ...subdomainRoutes(workers),
  ];
}

function subdomainRoutes(workers: WorkersBackend): readonly Route[] {
  const set = (request: ApiRequest, to: { readonly enabled: boolean; readonly previewsEnabled: boolean }) =>
    ok(
      presentSubdomain(
        workers.updateWorker(workerOf(request), (worker) => ({
          ...worker,
          subdomainEnabled: to.enabled,
          previewsEnabled: to.previewsEnabled,
        })),
      ),
    );
  return [
    {
      method: "GET",
      path: `${ACCOUNT}/subdomain`,
      scope: "workers:read",
      doc: { ...SUBDOMAIN, summary: "the account's subdomain", source: `${API}/subresources/subdomains/` },
      handle: () => ok({ subdomain: ACCOUNT_SUBDOMAIN }),
    },
    {
      method: "PUT",
      path: `${ACCOUNT}/subdomain`,
      scope: "workers:write",
      doc: {
        ...SUBDOMAIN,
        summary: "choose the account's subdomain",
        coverage: "refused: the account has one already (10036)",
        source: `${API}/subresources/subdomains/`,
      },
      handle: () => {
        throw subdomainTaken();
      },
    },
    {
      method: "GET",
      path: `${SCRIPT}/subdomain`,
      scope: "workers:read",
      doc: { ...SUBDOMAIN, summary: "whether a Worker answers on workers.dev and preview addresses" },
      handle: (request) => ok(presentSubdomain(workers.worker(workerOf(request)))),
    },
    {
      method: "POST",
      path: `${SCRIPT}/subdomain`,
      scope: "workers:write",
      doc: {
        ...SUBDOMAIN,
        summary: "change that",
        fields: { enabled: "supported", previews_enabled: "supported" },
      },
      handle: async (request) => {
        const { enabled, previews_enabled: previewsEnabled = enabled } = await request.json(subdomainSchema);
        return set(request, { enabled, previewsEnabled });
      },
    },
    {
      method: "DELETE",
      path: `${SCRIPT}/subdomain`,
      scope: "workers:write",
      doc: { ...SUBDOMAIN, summary: "turn both off" },
      handle: (request) => set(request, { enabled: false, previewsEnabled: false }),
    },
  ];
}

export function presentSubdomain(worker: WorkerDocument): { enabled: boolean; previews_enabled: boolean } {
  return { enabled: worker.subdomainEnabled, previews_enabled: worker.previewsEnabled };
}

type Unversioned = z.infer<typeof unversionedSchema>;

/** A merge patch: null takes a setting away. @see https://www.rfc-editor.org/rfc/rfc7396 */
export function withSettings(patch: Unversioned): (worker: WorkerDocument) => WorkerDocument {
  return (worker) => {
    const settings = Object.entries({ ...worker.settings, ...patch }).filter(
      ([, value]) => value !== null && value !== undefined,
    );
    return { ...worker, settings: Object.fromEntries(settings) };
  };
}

/** The form's part `settings`, or a body that is JSON by itself. */
async function settingsPart(request: ApiRequest): Promise<unknown> {
  if (request.headers.get("content-type")?.startsWith("application/json") === true)
    return request.json(z.unknown());
  return documentIn(await request.form(), "settings");
}

import * as z from "zod";
import { ok } from "../../http/reply.ts";
import type { Route } from "../../http/routes.ts";
import type { WorkersBackend } from "./backend.ts";
import { presentBinding, presentVersion } from "./present.ts";
import { secretNotFound } from "./errors.ts";
import { sourceOf, workerOf } from "./request-facts.ts";
import type { WorkersStore } from "./store.ts";
import { nameOf } from "./worker-routes.ts";

const SECRETS = "/accounts/:accountId/workers/scripts/:worker/secrets";

const DOC = {
  service: "Workers: secrets",
  source:
    "https://developers.cloudflare.com/api/resources/workers/subresources/scripts/subresources/secrets/",
} as const;

/** A name is at most as long as a file's, so that it can be printed whole. */
const NAME = z
  .string()
  .min(1)
  .max(255)
  .regex(/^[^\p{Cc}]+$/u, "must have no control characters");
const secretSchema = z.object({ name: NAME, text: z.string(), type: z.literal("secret_text") });
const bulkSchema = z.object({ secrets: z.record(NAME, secretSchema.nullable()) });
const versionPatchSchema = z.object({
  env: z.record(NAME, z.object({ type: z.literal("secret_text"), text: z.string() }).nullable()),
  annotations: z.record(z.string(), z.string().optional()).default({}),
});

/** @see https://developers.cloudflare.com/api/resources/workers/subresources/scripts/subresources/secrets/ */
export function secretRoutes(workers: WorkersBackend, store: WorkersStore): readonly Route[] {
  return [
    {
      method: "GET",
      path: SECRETS,
      scope: "workers:read",
      doc: { ...DOC, summary: "names of the secrets of the newest version" },
      handle: (request) => ok(workers.secrets(workerOf(request)).map(presentBinding)),
    },
    {
      method: "GET",
      path: `${SECRETS}/:secret`,
      scope: "workers:read",
      doc: { ...DOC, summary: "whether a secret is there" },
      handle: (request) => {
        const wanted = request.params["secret"] ?? "";
        const found = workers.secrets(workerOf(request)).find(({ name }) => name === wanted);
        if (!found) throw secretNotFound(wanted);
        return ok(presentBinding(found));
      },
    },
    {
      method: "PUT",
      path: SECRETS,
      scope: "workers:write",
      doc: {
        ...DOC,
        summary: "set a secret: a new version, deployed at once",
        fields: {
          name: "supported",
          text: "supported",
          type: "approximated: secret_text; secret_key is refused (10001)",
        },
      },
      handle: async (request) => {
        const { name, text, type } = await request.json(secretSchema);
        await workers.changeSecrets(workerOf(request), { [name]: text }, sourceOf(request));
        return ok({ name, type });
      },
    },
    {
      method: "DELETE",
      path: `${SECRETS}/:secret`,
      scope: "workers:write",
      doc: { ...DOC, summary: "delete a secret: a new version, deployed at once" },
      handle: async (request) => {
        await workers.changeSecrets(
          workerOf(request),
          { [request.params["secret"] ?? ""]: null },
          sourceOf(request),
        );
        return ok(null);
      },
    },
    {
      method: "PATCH",
      path: "/accounts/:accountId/workers/scripts/:worker/secrets-bulk",
      scope: "workers:write",
      doc: {
        ...DOC,
        summary: "set and delete several at once",
        fields: { "secrets.NAME": "supported", "secrets.NAME = null": "supported" },
      },
      handle: async (request) => {
        const { secrets } = await request.json(bulkSchema);
        await workers.changeSecrets(workerOf(request), texts(secrets), sourceOf(request));
        return ok(workers.secrets(workerOf(request)).map(presentBinding));
      },
    },
    {
      method: "PATCH",
      path: "/accounts/:accountId/workers/workers/:worker/versions/latest",
      scope: "workers:write",
      doc: {
        ...DOC,
        summary: "change secrets in a new version that serves nothing yet",
        fields: { "env.NAME": "approximated: secret_text and null", annotations: "supported" },
      },
      handle: async (request) => {
        const { env, annotations } = await request.json(versionPatchSchema);
        const given = Object.entries(annotations).filter(
          (entry): entry is [string, string] => entry[1] !== undefined,
        );
        const options = { source: sourceOf(request), annotations: Object.fromEntries(given) };
        return ok(presentVersion(await workers.uploadSecrets(nameOf(store, request), texts(env), options)));
      },
    },
  ];
}

function texts(
  secrets: Readonly<Record<string, { readonly text: string } | null>>,
): Readonly<Record<string, string | null>> {
  return Object.fromEntries(Object.entries(secrets).map(([name, secret]) => [name, secret?.text ?? null]));
}

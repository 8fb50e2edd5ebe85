import * as z from "zod";
import { ok } from "../../http/reply.ts";
import type { Route } from "../../http/routes.ts";
import type { WorkersBackend } from "./backend.ts";
import { presentBinding, presentVersion } from "./present.ts";
import { sourceOf, workerOf } from "./routes.ts";

const SECRETS = "/accounts/:accountId/workers/scripts/:worker/secrets";

const secretSchema = z.object({ name: z.string(), text: z.string(), type: z.literal("secret_text") });
const bulkSchema = z.object({ secrets: z.record(z.string(), secretSchema.nullable()) });
const versionPatchSchema = z.object({
  env: z.record(z.string(), z.object({ type: z.literal("secret_text"), text: z.string() }).nullable()),
  annotations: z.record(z.string(), z.string().optional()).default({}),
});

/** @see https://developers.cloudflare.com/api/resources/workers/subresources/scripts/subresources/secrets/ */
export function secretRoutes(workers: WorkersBackend): readonly Route[] {
  return [
    {
      method: "GET",
      path: SECRETS,
      scope: "workers:read",
      handle: (request) => ok(workers.secrets(workerOf(request)).map(presentBinding)),
    },
    {
      method: "PUT",
      path: SECRETS,
      scope: "workers:write",
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
      handle: async (request) => {
        const { env, annotations } = await request.json(versionPatchSchema);
        const given = Object.entries(annotations).filter(
          (entry): entry is [string, string] => entry[1] !== undefined,
        );
        const options = { source: sourceOf(request), annotations: Object.fromEntries(given) };
        return ok(presentVersion(await workers.uploadSecrets(workerOf(request), texts(env), options)));
      },
    },
  ];
}

function texts(
  secrets: Readonly<Record<string, { readonly text: string } | null>>,
): Readonly<Record<string, string | null>> {
  return Object.fromEntries(Object.entries(secrets).map(([name, secret]) => [name, secret?.text ?? null]));
}

import * as z from "zod";
import { ok } from "../../http/reply.ts";
import type { ApiRequest } from "../../http/request.ts";
import type { Route } from "../../http/routes.ts";
import type { AssetsBackend } from "./backend.ts";
import { uploadTokenInvalid } from "./errors.ts";
import { assetManifestSchema } from "./model.ts";

const DOC = {
  service: "Workers: static assets",
  source: "https://developers.cloudflare.com/workers/static-assets/direct-upload/",
} as const;

/** @see https://developers.cloudflare.com/workers/static-assets/direct-upload/ */
export function assetRoutes(assets: AssetsBackend): readonly Route[] {
  return [
    {
      method: "POST",
      path: "/accounts/:accountId/workers/scripts/:worker/assets-upload-session",
      scope: "workers:write",
      doc: {
        ...DOC,
        summary: "begin an upload: which files of the manifest are missing",
        fields: {
          "manifest.PATH.hash": "supported",
          "manifest.PATH.size": "supported",
          "deduplication within a Worker": "supported",
        },
      },
      handle: async (request) => {
        const { manifest } = await request.json(z.object({ manifest: assetManifestSchema }));
        return ok(assets.startUpload(request.params["worker"] ?? "", manifest));
      },
    },
    {
      method: "POST",
      path: "/accounts/:accountId/workers/assets/upload",
      doc: {
        ...DOC,
        summary: "upload files of a session",
        fields: {
          "?base64": "supported",
          "the session's token": "approximated: valid for an hour, as documented",
        },
      },
      // The bearer is the session's own token, checked by the backend.
      scope: "none",
      handle: async (request) => {
        const files = await uploadedFiles(request);
        const jwt = assets.upload(bearer(request), files);
        return jwt === undefined ? ok({}, 202) : ok({ jwt }, 201);
      },
    },
  ];
}

async function uploadedFiles(request: ApiRequest): Promise<readonly { hash: string; bytes: Buffer }[]> {
  const form = await request.form();
  const base64 = request.url.searchParams.get("base64") === "true";
  return Promise.all(
    [...form.entries()].map(async ([hash, part]) => {
      const content = typeof part === "string" ? Buffer.from(part) : Buffer.from(await part.arrayBuffer());
      return { hash, bytes: base64 ? Buffer.from(content.toString("latin1"), "base64") : content };
    }),
  );
}

function bearer(request: ApiRequest): string {
  const token = /^Bearer (\S+)$/u.exec(request.headers.get("authorization") ?? "")?.[1];
  if (token === undefined) throw uploadTokenInvalid();
  return token;
}

import { Readable } from "node:stream";
import type { ReadableStream as NodeReadableStream } from "node:stream/web";
import * as z from "zod";
import { ok, type ApiReply } from "../../http/reply.ts";
import type { ApiRequest } from "../../http/request.ts";
import type { Route } from "../../http/routes.ts";
import type { BucketsBackend } from "./backend.ts";
import { objectNotFound } from "./errors.ts";

const BUCKETS = "/accounts/:accountId/r2/buckets";
const OBJECT = `${BUCKETS}/:bucket/objects/*key`;

const createSchema = z.object({
  name: z.string(),
  locationHint: z.string().optional(),
  storageClass: z.string().optional(),
});

/** What an object keeps of the headers it came with. */
const KEPT_HEADERS = [
  "content-type",
  "content-language",
  "content-disposition",
  "content-encoding",
  "cache-control",
  "expires",
];

/** @see https://developers.cloudflare.com/api/resources/r2/ */
export function bucketRoutes(buckets: BucketsBackend): readonly Route[] {
  return [
    {
      method: "GET",
      path: BUCKETS,
      scope: "r2:read",
      handle: () => ok({ buckets: buckets.list() }),
    },
    {
      method: "POST",
      path: BUCKETS,
      scope: "r2:write",
      handle: async (request) => {
        const { name, locationHint, storageClass } = await request.json(createSchema);
        return ok(
          buckets.create(name, {
            ...(locationHint !== undefined && { location: locationHint }),
            ...(storageClass !== undefined && { storageClass }),
          }),
        );
      },
    },
    {
      method: "GET",
      path: `${BUCKETS}/:bucket`,
      scope: "r2:read",
      handle: (request) => ok(buckets.get(bucketOf(request))),
    },
    {
      method: "DELETE",
      path: `${BUCKETS}/:bucket`,
      scope: "r2:write",
      handle: async (request) => {
        await buckets.delete(bucketOf(request));
        return ok({});
      },
    },
    {
      method: "GET",
      path: `${BUCKETS}/:bucket/objects`,
      scope: "r2:read",
      handle: async (request) => {
        const listed = await buckets.objects(
          { bucket: bucketOf(request), key: "", query: request.url.searchParams },
          { method: "GET" },
        );
        const { objects } = (await listed.json()) as { objects: readonly unknown[] };
        return ok(objects);
      },
    },
    { method: "GET", path: OBJECT, scope: "r2:read", handle: (request) => download(buckets, request) },
    { method: "HEAD", path: OBJECT, scope: "r2:read", handle: (request) => download(buckets, request) },
    {
      method: "PUT",
      path: OBJECT,
      scope: "r2:write",
      handle: async (request) => {
        const kept = KEPT_HEADERS.flatMap((name) => {
          const value = request.headers.get(name);
          return value === null ? [] : [[name, value] as [string, string]];
        });
        const body = new Uint8Array(await request.bytes());
        const stored = await buckets.objects(at(request), {
          method: "PUT",
          headers: kept,
          body,
        });
        return ok(await stored.json());
      },
    },
    {
      method: "DELETE",
      path: OBJECT,
      scope: "r2:write",
      handle: async (request) => ok(await (await buckets.objects(at(request), { method: "DELETE" })).json()),
    },
  ];
}

async function download(buckets: BucketsBackend, request: ApiRequest): Promise<ApiReply> {
  const object = await buckets.objects(at(request), { method: "GET" });
  if (object.status === 404 || object.body === null) throw objectNotFound();
  const headers = Object.fromEntries([...object.headers].filter(([name]) => name !== "transfer-encoding"));
  return { kind: "raw", status: 200, headers, body: Readable.fromWeb(object.body as NodeReadableStream) };
}

function bucketOf(request: ApiRequest): string {
  return request.params["bucket"] ?? "";
}

function at(request: ApiRequest): { readonly bucket: string; readonly key: string } {
  return { bucket: bucketOf(request), key: request.params["key"] ?? "" };
}

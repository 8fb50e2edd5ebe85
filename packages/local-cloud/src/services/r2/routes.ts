import { Readable } from "node:stream";
import type { ReadableStream as NodeReadableStream } from "node:stream/web";
import * as z from "zod";
import { ok, okCursor, type ApiReply } from "../../http/reply.ts";
import type { ApiRequest } from "../../http/request.ts";
import type { Route } from "../../http/routes.ts";
import { fullBucketName, type BucketsBackend } from "./backend.ts";
import { keyTooLong, objectNotFound, storageClassInvalid } from "./errors.ts";

const BUCKETS = "/accounts/:accountId/r2/buckets";
const OBJECT = `${BUCKETS}/:bucket/objects/*key`;
const SERVICE = "R2";
const SOURCE = "https://developers.cloudflare.com/api/resources/r2/";

const storageClassSchema = z.enum(["Standard", "InfrequentAccess"]);
const createSchema = z.object({
  name: z.string(),
  locationHint: z.string().optional(),
  storageClass: storageClassSchema.optional(),
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
const JURISDICTION = { "header: cf-r2-jurisdiction": "supported" } as const;
const MAX_KEY_BYTES = 1024;

/** Buckets. @see https://developers.cloudflare.com/api/resources/r2/ */
export function bucketRoutes(buckets: BucketsBackend): readonly Route[] {
  return [
    {
      method: "GET",
      path: BUCKETS,
      scope: "r2:read",
      doc: {
        service: SERVICE,
        summary: "list buckets",
        source: SOURCE,
        fields: {
          ...JURISDICTION,
          "?name_contains": "supported",
          "?start_after": "supported",
          "?per_page": "supported",
          "?cursor": "supported",
          "?order, ?direction": "approximated: always by name, ascending",
        },
      },
      handle: (request) => listBuckets(buckets, request),
    },
    {
      method: "POST",
      path: BUCKETS,
      scope: "r2:write",
      doc: {
        service: SERVICE,
        summary: "create a bucket",
        source: SOURCE,
        fields: { name: "supported", locationHint: "supported", storageClass: "supported", ...JURISDICTION },
      },
      handle: async (request) => {
        const { name, locationHint, storageClass } = await request.json(createSchema);
        const jurisdiction = jurisdictionOf(request);
        return ok(
          buckets.create(name, {
            jurisdiction,
            ...(locationHint !== undefined && { location: locationHint.toUpperCase() }),
            ...(storageClass !== undefined && { storageClass }),
          }),
        );
      },
    },
    {
      method: "GET",
      path: `${BUCKETS}/:bucket`,
      scope: "r2:read",
      doc: { service: SERVICE, summary: "a bucket's facts", source: SOURCE, fields: JURISDICTION },
      handle: (request) => ok(buckets.get(bucketOf(request))),
    },
    {
      method: "PATCH",
      path: `${BUCKETS}/:bucket`,
      scope: "r2:write",
      doc: {
        service: SERVICE,
        summary: "set the storage class of new objects",
        source: SOURCE,
        fields: { ...JURISDICTION, "header: cf-r2-storage-class": "supported" },
      },
      handle: (request) => {
        const storageClass = storageClassSchema.safeParse(request.headers.get("cf-r2-storage-class"));
        if (!storageClass.success) throw storageClassInvalid();
        return ok(buckets.setStorageClass(bucketOf(request), storageClass.data));
      },
    },
    {
      method: "DELETE",
      path: `${BUCKETS}/:bucket`,
      scope: "r2:write",
      doc: { service: SERVICE, summary: "delete an empty bucket", source: SOURCE, fields: JURISDICTION },
      handle: async (request) => {
        await buckets.delete(bucketOf(request));
        return ok({});
      },
    },
    ...objectRoutes(buckets),
  ];
}

function objectRoutes(buckets: BucketsBackend): readonly Route[] {
  const doc = (summary: string) => ({ service: SERVICE, summary, source: SOURCE, fields: JURISDICTION });
  return [
    {
      method: "GET",
      path: `${BUCKETS}/:bucket/objects`,
      scope: "r2:read",
      doc: {
        ...doc("list objects"),
        fields: {
          ...JURISDICTION,
          "?prefix": "supported",
          "?delimiter": "supported",
          "?cursor": "supported",
          "?per_page": "supported",
          "?start_after": "supported",
        },
      },
      handle: (request) => listObjects(buckets, request),
    },
    {
      method: "GET",
      path: OBJECT,
      scope: "r2:read",
      doc: doc("download an object"),
      handle: (request) => download(buckets, request),
    },
    {
      method: "HEAD",
      path: OBJECT,
      scope: "r2:read",
      doc: doc("an object's headers"),
      handle: (request) => download(buckets, request),
    },
    {
      method: "PUT",
      path: OBJECT,
      scope: "r2:write",
      doc: {
        ...doc("upload an object"),
        fields: {
          ...JURISDICTION,
          "header: content-type and the other HTTP metadata": "supported",
          "header: cf-r2-storage-class": "supported",
          size: "approximated: up to 512 MiB, the real service takes 300 MB",
        },
      },
      handle: (request) => upload(buckets, request),
    },
    {
      method: "DELETE",
      path: OBJECT,
      scope: "r2:write",
      doc: doc("delete an object; one that isn't there too"),
      handle: async (request) => ok(await (await buckets.object(at(request), { method: "DELETE" })).json()),
    },
  ];
}

function listBuckets(buckets: BucketsBackend, request: ApiRequest): ApiReply {
  const query = request.url.searchParams;
  const after = query.get("cursor") ?? query.get("start_after") ?? "";
  const perPage = limitOf(request, 1000);
  const found = buckets
    .list(jurisdictionOf(request))
    .filter(({ name }) => name > after && name.includes(query.get("name_contains") ?? ""));
  const page = found.slice(0, perPage);
  const cursor = found.length > page.length ? (page.at(-1)?.name ?? "") : "";
  return okCursor({ buckets: page }, { per_page: perPage, cursor });
}

async function listObjects(buckets: BucketsBackend, request: ApiRequest): Promise<ApiReply> {
  const query = request.url.searchParams;
  const limit = limitOf(request, 1000);
  const asked = { prefix: "prefix", delimiter: "delimiter", cursor: "cursor", startAfter: "start_after" };
  const passed = Object.entries(asked).flatMap(([name, parameter]) => {
    const value = query.get(parameter);
    return value === null || value === "" ? [] : [[name, value]];
  });
  const page = await buckets.page(bucketOf(request), {
    ...(Object.fromEntries(passed) as Record<string, string>),
    limit: String(limit),
  });
  return okCursor(page.objects, {
    per_page: limit,
    cursor: page.cursor ?? "",
    is_truncated: page.cursor !== null,
    delimited: page.delimited,
  });
}

async function upload(buckets: BucketsBackend, request: ApiRequest): Promise<ApiReply> {
  const { fullName, key } = at(request);
  if (Buffer.byteLength(key) > MAX_KEY_BYTES) throw keyTooLong();
  const headers = KEPT_HEADERS.flatMap((name) => {
    const value = request.headers.get(name);
    return value === null ? [] : [[name, value] as [string, string]];
  });
  const storageClass = request.headers.get("cf-r2-storage-class") ?? buckets.get(fullName).storage_class;
  if (!storageClassSchema.safeParse(storageClass).success) throw storageClassInvalid();
  const query = new URLSearchParams({ storageClass }).toString();
  const body = new Uint8Array(await request.bytes());
  const stored = await buckets.object({ fullName, key, query }, { method: "PUT", headers, body });
  return ok(await stored.json());
}

async function download(buckets: BucketsBackend, request: ApiRequest): Promise<ApiReply> {
  const object = await buckets.object(at(request), { method: "GET" });
  if (object.status === 404 || object.body === null) throw objectNotFound();
  const headers = Object.fromEntries([...object.headers].filter(([name]) => name !== "transfer-encoding"));
  return { kind: "raw", status: 200, headers, body: Readable.fromWeb(object.body as NodeReadableStream) };
}

function limitOf(request: ApiRequest, most: number): number {
  const asked = Number(request.url.searchParams.get("per_page") ?? most);
  return Number.isInteger(asked) && asked >= 1 ? Math.min(asked, most) : most;
}

function jurisdictionOf(request: ApiRequest): string {
  return request.headers.get("cf-r2-jurisdiction") ?? "default";
}

function bucketOf(request: ApiRequest): string {
  return fullBucketName(request.params["bucket"] ?? "", jurisdictionOf(request));
}

function at(request: ApiRequest): { readonly fullName: string; readonly key: string } {
  return { fullName: bucketOf(request), key: request.params["key"] ?? "" };
}

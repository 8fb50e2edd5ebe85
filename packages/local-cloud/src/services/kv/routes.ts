import { Readable } from "node:stream";
import type { ReadableStream as NodeReadableStream } from "node:stream/web";
import * as z from "zod";
import { paged } from "../../http/pages.ts";
import { ok, okCursor, type ApiReply } from "../../http/reply.ts";
import { parseValue, type ApiRequest } from "../../http/request.ts";
import type { Route } from "../../http/routes.ts";
import type { KvBackend, PutOptions } from "./backend.ts";
import { keyRefused } from "./errors.ts";

const NAMESPACES = "/accounts/:accountId/storage/kv/namespaces";
const NAMESPACE = `${NAMESPACES}/:namespaceId`;
const SERVICE = "KV";
const SOURCE = "https://developers.cloudflare.com/api/resources/kv/";

/** @see https://developers.cloudflare.com/kv/platform/limits/ */
const MAX_KEY_BYTES = 512;
/** @see https://developers.cloudflare.com/api/resources/kv/subresources/namespaces/methods/bulk_update/ */
const MAX_BULK = 10_000;
const MAX_BULK_GET = 100;

const titleSchema = z.object({ title: z.string().min(1).max(512) });
const keysSchema = z.array(z.string()).max(MAX_BULK);
const pairsSchema = z
  .array(
    z.object({
      key: z.string().min(1),
      value: z.string(),
      base64: z.boolean().optional(),
      expiration: z.number().optional(),
      expiration_ttl: z.number().optional(),
      metadata: z.unknown().optional(),
    }),
  )
  .max(MAX_BULK);
const bulkGetSchema = z.object({
  keys: z.array(z.string()).max(MAX_BULK_GET),
  type: z.enum(["text", "json"]).default("text"),
  withMetadata: z.boolean().default(false),
});

/** @see https://developers.cloudflare.com/api/resources/kv/ */
export function kvRoutes(kv: KvBackend): readonly Route[] {
  return [...namespaceRoutes(kv), ...valueRoutes(kv), ...bulkRoutes(kv)];
}

const doc = (summary: string) => ({ service: SERVICE, summary, source: SOURCE });
const present = ({ id, title }: { id: string; title: string }) => {
  return { id, title, supports_url_encoding: true };
};

function namespaceRoutes(kv: KvBackend): readonly Route[] {
  return [
    {
      method: "GET",
      path: NAMESPACES,
      scope: "kv:read",
      doc: {
        ...doc("list namespaces"),
        fields: {
          "?page, ?per_page": "supported",
          "?order": "approximated: always by title",
          "?direction": "supported",
        },
      },
      handle: (request) => {
        const namespaces = kv.list().map(present);
        const descending = request.url.searchParams.get("direction") === "desc";
        return paged(request, descending ? namespaces.toReversed() : namespaces);
      },
    },
    {
      method: "POST",
      path: NAMESPACES,
      scope: "kv:write",
      doc: doc("create a namespace"),
      handle: async (request) => ok(present(kv.create((await request.json(titleSchema)).title))),
    },
    {
      method: "GET",
      path: NAMESPACE,
      scope: "kv:read",
      doc: doc("a namespace"),
      handle: (request) => ok(present(kv.get(idOf(request)))),
    },
    {
      method: "PUT",
      path: NAMESPACE,
      scope: "kv:write",
      doc: doc("rename a namespace"),
      handle: async (request) =>
        ok(present(kv.rename(idOf(request), (await request.json(titleSchema)).title))),
    },
    {
      method: "DELETE",
      path: NAMESPACE,
      scope: "kv:write",
      doc: doc("delete a namespace with all that it holds"),
      handle: async (request) => {
        await kv.delete(idOf(request));
        return ok({});
      },
    },
  ];
}

function valueRoutes(kv: KvBackend): readonly Route[] {
  return [
    {
      method: "GET",
      path: `${NAMESPACE}/keys`,
      scope: "kv:read",
      doc: {
        ...doc("list keys"),
        fields: { "?prefix": "supported", "?limit": "supported", "?cursor": "supported" },
      },
      handle: (request) => listKeys(kv, request),
    },
    {
      method: "GET",
      path: `${NAMESPACE}/values/*key`,
      scope: "kv:read",
      doc: { ...doc("a key's value"), fields: { "→ header: expiration": "refused: left out" } },
      handle: async (request) => {
        const { value } = await kv.value(idOf(request), keyOf(request));
        const body = value.body === null ? "" : Readable.fromWeb(value.body as NodeReadableStream);
        return { kind: "raw", status: 200, headers: { "content-type": "application/octet-stream" }, body };
      },
    },
    {
      method: "GET",
      path: `${NAMESPACE}/metadata/*key`,
      scope: "kv:read",
      doc: doc("a key's metadata"),
      handle: async (request) => {
        const { value, metadata } = await kv.value(idOf(request), keyOf(request));
        await value.body?.cancel();
        return ok(metadata);
      },
    },
    {
      method: "PUT",
      path: `${NAMESPACE}/values/*key`,
      scope: "kv:write",
      doc: {
        ...doc("write a key, as the body or as a form with value and metadata"),
        fields: { "?expiration": "supported", "?expiration_ttl": "supported", metadata: "supported" },
      },
      handle: (request) => writeKey(kv, request),
    },
    {
      method: "DELETE",
      path: `${NAMESPACE}/values/*key`,
      scope: "kv:write",
      doc: doc("delete a key; one that isn't there too"),
      handle: async (request) => {
        await kv.deleteKey(idOf(request), keyOf(request));
        return ok({});
      },
    },
  ];
}

function bulkRoutes(kv: KvBackend): readonly Route[] {
  const deleteMany = async (request: ApiRequest) => {
    const keys = await request.json(keysSchema);
    await kv.deleteMany(idOf(request), keys);
    return ok({ successful_key_count: keys.length, unsuccessful_keys: [] });
  };
  return [
    {
      method: "PUT",
      path: `${NAMESPACE}/bulk`,
      scope: "kv:write",
      doc: doc("write up to 10,000 keys"),
      handle: async (request) => {
        const pairs = await request.json(pairsSchema);
        for (const { key } of pairs) checkKey(key);
        await kv.putMany(
          idOf(request),
          pairs.map(({ key, value, base64 = false, ...rest }) => ({
            key,
            value,
            base64,
            options: optionsOf(rest),
          })),
        );
        return ok({ successful_key_count: pairs.length, unsuccessful_keys: [] });
      },
    },
    {
      method: "DELETE",
      path: `${NAMESPACE}/bulk`,
      scope: "kv:write",
      doc: doc("delete many keys (the older form)"),
      handle: deleteMany,
    },
    {
      method: "POST",
      path: `${NAMESPACE}/bulk/delete`,
      scope: "kv:write",
      doc: doc("delete many keys"),
      handle: deleteMany,
    },
    {
      method: "POST",
      path: `${NAMESPACE}/bulk/get`,
      scope: "kv:read",
      doc: {
        ...doc("read up to 100 keys"),
        fields: { keys: "supported", type: "supported", withMetadata: "supported" },
      },
      handle: (request) => readMany(kv, request),
    },
  ];
}

async function listKeys(kv: KvBackend, request: ApiRequest): Promise<ApiReply> {
  const query = request.url.searchParams;
  const passed = ["prefix", "limit", "cursor"].flatMap((name) => {
    const value = query.get(name);
    return value === null || value === "" ? [] : [[name, value]];
  });
  const { keys, cursor } = await kv.keys(idOf(request), Object.fromEntries(passed) as Record<string, string>);
  return okCursor(keys, { count: keys.length, cursor });
}

async function writeKey(kv: KvBackend, request: ApiRequest): Promise<ApiReply> {
  const query = request.url.searchParams;
  const isForm = request.headers.get("content-type")?.startsWith("multipart/form-data") === true;
  const { value, metadata } = isForm
    ? await formOf(request)
    : { value: new Uint8Array(await request.bytes()), metadata: undefined };
  const numbers = { expiration: query.get("expiration"), expiration_ttl: query.get("expiration_ttl") };
  const options = optionsOf({
    ...(numbers.expiration !== null && { expiration: Number(numbers.expiration) }),
    ...(numbers.expiration_ttl !== null && { expiration_ttl: Number(numbers.expiration_ttl) }),
    ...(metadata !== undefined && { metadata }),
  });
  await kv.put(idOf(request), checkKey(keyOf(request)), { value, options });
  return ok({});
}

async function formOf(request: ApiRequest): Promise<{ value: Uint8Array<ArrayBuffer>; metadata: unknown }> {
  const form = await request.form();
  const value = form.get("value");
  if (value === null) throw keyRefused("The form has no part named value.");
  const metadata = form.get("metadata");
  return {
    value: new Uint8Array(typeof value === "string" ? Buffer.from(value) : await value.arrayBuffer()),
    metadata:
      metadata === null
        ? undefined
        : parseJson(typeof metadata === "string" ? metadata : await metadata.text()),
  };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw keyRefused("The metadata is not JSON.");
  }
}

async function readMany(kv: KvBackend, request: ApiRequest): Promise<ApiReply> {
  const { keys, type, withMetadata } = await request.json(bulkGetSchema);
  const found = await kv.getMany(idOf(request), keys);
  const values = Object.entries(found).map(([key, { value, metadata }]) => {
    const parsed: unknown = type === "json" && value !== null ? parseJson(value) : value;
    return [key, withMetadata && value !== null ? { value: parsed, metadata } : parsed] as const;
  });
  return ok({ values: Object.fromEntries(values) });
}

function optionsOf(given: {
  readonly expiration?: number | undefined;
  readonly expiration_ttl?: number | undefined;
  readonly metadata?: unknown;
}): PutOptions {
  const { expiration, expiration_ttl: expirationTtl, metadata } = given;
  return {
    ...(expiration !== undefined && { expiration: parseValue(expiration, z.int()) }),
    ...(expirationTtl !== undefined && { expirationTtl: parseValue(expirationTtl, z.int()) }),
    ...(metadata !== undefined && { metadata }),
  };
}

function checkKey(key: string): string {
  if (Buffer.byteLength(key) > MAX_KEY_BYTES)
    throw keyRefused(`The key is longer than ${MAX_KEY_BYTES} bytes.`);
  if (key === "." || key === "..") throw keyRefused(`The key may not be "${key}".`);
  return key;
}

function idOf(request: ApiRequest): string {
  return request.params["namespaceId"] ?? "";
}

function keyOf(request: ApiRequest): string {
  return request.params["key"] ?? "";
}

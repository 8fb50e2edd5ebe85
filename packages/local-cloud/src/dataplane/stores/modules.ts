/**
 * What runs inside workerd to reach stored data by the bindings' own API, as HTTP. They are text because workerd takes module
 * sources. Each takes a request, the binding, and the rest of the path.
 */

/** Path: the encoded key; empty lists. Custom metadata travels in `x-custom-metadata`, as JSON. */
const BUCKET = `
function described(object) {
  return {
    key: object.key, etag: object.etag, version: object.version, size: object.size, last_modified: object.uploaded,
    http_metadata: object.httpMetadata, custom_metadata: object.customMetadata, storage_class: object.storageClass,
  };
}
async function bucket(request, store, path, query) {
  const key = decodeURIComponent(path);
  switch (request.method) {
    case "PUT": {
      const storageClass = query.get("storageClass") ?? undefined;
      const object = await store.put(key, request.body ?? "", { httpMetadata: request.headers, storageClass });
      return Response.json(described(object));
    }
    case "DELETE":
      await store.delete(key);
      return Response.json({ key });
    case "HEAD":
    case "GET": {
      if (key === "") {
        const limit = Math.min(1000, Number(query.get("limit") ?? 1000));
        const listed = await store.list({
          limit, prefix: query.get("prefix") ?? undefined, delimiter: query.get("delimiter") ?? undefined,
          cursor: query.get("cursor") ?? undefined, startAfter: query.get("startAfter") ?? undefined,
          include: ["httpMetadata", "customMetadata"],
        });
        return Response.json({
          objects: listed.objects.map(described), delimited: listed.delimitedPrefixes, cursor: listed.truncated ? listed.cursor : null,
        });
      }
      const object = await store.get(key);
      if (object === null) return new Response(null, { status: 404 });
      const headers = new Headers();
      object.writeHttpMetadata(headers);
      headers.set("etag", object.httpEtag);
      headers.set("last-modified", object.uploaded.toUTCString());
      headers.set("content-length", String(object.size));
      return new Response(object.body, { headers });
    }
  }
  return new Response(null, { status: 405 });
}
`;

/** Paths: value?key=, keys, and for many at once put, get, delete, clear. What the namespace refuses is 400 with its text. */
const NAMESPACE = `
async function inChunks(items, work) {
  for (let at = 0; at < items.length; at += 100) await Promise.all(items.slice(at, at + 100).map(work));
}
function decodedValue({ value, base64 }) {
  return base64 ? Uint8Array.from(atob(value), (character) => character.charCodeAt(0)) : value;
}
async function namespace(request, store, path, query) {
  const key = query.get("key");
  try {
    switch (request.method + " " + path) {
      case "GET value": {
        const { value, metadata } = await store.getWithMetadata(key, "stream");
        if (value === null) return new Response(null, { status: 404 });
        return new Response(value, { headers: { "x-metadata": encodeURIComponent(JSON.stringify(metadata)) } });
      }
      case "PUT value":
        await store.put(key, await request.arrayBuffer(), JSON.parse(query.get("options") ?? "{}"));
        return Response.json(null);
      case "DELETE value":
        await store.delete(key);
        return Response.json(null);
      case "GET keys": {
        const limit = Number(query.get("limit") ?? 1000);
        const listed = await store.list({ limit, prefix: query.get("prefix") ?? undefined, cursor: query.get("cursor") ?? undefined });
        return Response.json({ keys: listed.keys, cursor: listed.list_complete ? "" : listed.cursor });
      }
      case "POST put":
        await inChunks(await request.json(), (pair) => store.put(pair.key, decodedValue(pair), pair.options));
        return Response.json(null);
      case "POST get": {
        const values = {};
        await inChunks(await request.json(), async (name) => { values[name] = await store.getWithMetadata(name); });
        return Response.json(values);
      }
      case "POST delete":
        await inChunks(await request.json(), (name) => store.delete(name));
        return Response.json(null);
      case "POST clear": {
        for (let listed; !listed?.list_complete; ) {
          listed = await store.list();
          await inChunks(listed.keys, ({ name }) => store.delete(name));
        }
        return Response.json(null);
      }
    }
  } catch (error) {
    return new Response(error.message, { status: 400 });
  }
  return new Response(null, { status: 405 });
}
`;

/** Paths: query, raw, clear; the body is [{ sql, params }]. What SQLite refuses is 400 with its text. */
const DATABASE = `
async function database(request, store, path) {
  try {
    const bound = async () => (await request.json()).map(({ sql, params }) => store.prepare(sql).bind(...(params ?? [])));
    switch (path) {
      case "query":
        return Response.json(await store.batch(await bound()));
      case "raw": {
        const results = [];
        for (const statement of await bound()) {
          const startedAt = Date.now();
          const [columns, ...rows] = await statement.raw({ columnNames: true });
          results.push({ results: { columns: columns ?? [], rows }, success: true, meta: { duration: Date.now() - startedAt } });
        }
        return Response.json(results);
      }
      case "clear": {
        const { results } = await store.prepare("SELECT type, name FROM sqlite_master WHERE type IN ('table', 'view') AND name NOT LIKE 'sqlite_%' AND name NOT LIKE '_cf_%'").all();
        const drops = results.map(({ type, name }) => store.prepare("DROP " + type + ' "' + name.replaceAll('"', '""') + '"'));
        if (drops.length > 0) await store.batch([store.prepare("PRAGMA defer_foreign_keys = ON"), ...drops]);
        return Response.json(null);
      }
    }
  } catch (error) {
    return new Response(error.message, { status: 400 });
  }
  return new Response(null, { status: 405 });
}
`;

/** Path: the kind of store, its number, and what is the kind's own. */
export const STORES_MODULE = `
${BUCKET}
${NAMESPACE}
${DATABASE}
const KINDS = { r2: bucket, kv: namespace, d1: database };
export default {
  fetch(request, env) {
    const url = new URL(request.url);
    const [, kind, number, ...rest] = url.pathname.split("/");
    return KINDS[kind](request, env["STORE_" + number], rest.join("/"), url.searchParams);
  },
};
`;

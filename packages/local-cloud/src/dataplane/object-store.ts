import { Miniflare } from "miniflare";
import { helperWorker, sharedOptions, type Folders } from "./runtime-options.ts";

/** Runs inside workerd: the buckets' own API, as HTTP. Path: the bucket's number, then the encoded key. */
const OBJECTS_MODULE = `
function described(object) {
  return { key: object.key, etag: object.etag, version: object.version, size: object.size, last_modified: object.uploaded };
}
export default {
  async fetch(request, env) {
    const url = new URL(request.url);
    const [, number, ...rest] = url.pathname.split("/");
    const bucket = env["BUCKET_" + number];
    const key = decodeURIComponent(rest.join("/"));
    switch (request.method) {
      case "PUT": {
        const object = await bucket.put(key, request.body ?? "", { httpMetadata: request.headers });
        return Response.json(described(object));
      }
      case "DELETE":
        await bucket.delete(key);
        return Response.json({ key });
      case "HEAD":
      case "GET": {
        if (key === "") {
          const cursor = url.searchParams.get("cursor") ?? undefined;
          const listed = await bucket.list({ prefix: url.searchParams.get("prefix") ?? "", cursor, limit: 1000 });
          return Response.json({ objects: listed.objects.map(described), cursor: listed.truncated ? listed.cursor : null });
        }
        const object = await bucket.get(key);
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
  },
};
`;

interface Running {
  readonly buckets: readonly string[];
  readonly origin: Promise<string>;
  readonly stop: () => Promise<void>;
}

/** The contents of R2 buckets as the control plane reads and writes them, through a process that starts on first use. */
export class ObjectStore {
  readonly #folders: Folders;
  #running: Running | undefined;

  constructor(folders: Folders) {
    this.#folders = folders;
  }

  /** One request to a bucket; `buckets` are all that exist, `bucket` is one of them. An empty key lists. */
  async fetch(
    at: {
      readonly buckets: readonly string[];
      readonly bucket: string;
      readonly key: string;
      readonly query?: URLSearchParams;
    },
    init: RequestInit,
  ): Promise<Response> {
    const running = await this.#runningFor(at.buckets);
    const path = `${running.buckets.indexOf(at.bucket)}/${encodeURIComponent(at.key)}`;
    return fetch(`${await running.origin}/${path}?${at.query?.toString() ?? ""}`, init);
  }

  async stop(): Promise<void> {
    const running = this.#running;
    this.#running = undefined;
    await running?.stop();
  }

  async #runningFor(buckets: readonly string[]): Promise<Running> {
    if (this.#running && buckets.every((bucket) => this.#running?.buckets.includes(bucket)))
      return this.#running;
    const previous = this.#running;
    this.#running = start(buckets, this.#folders);
    await previous?.stop();
    return this.#running;
  }
}

function start(buckets: readonly string[], folders: Folders): Running {
  const env = Object.fromEntries(
    buckets.map((name, index) => [`BUCKET_${index}`, { type: "r2" as const, name }]),
  );
  const worker = helperWorker("objects", OBJECTS_MODULE, env);
  const dev = { ...worker.dev, unsafeDirectSockets: [{ host: "127.0.0.1", port: 0 }] };
  const miniflare = new Miniflare({ ...sharedOptions(folders), workers: [{ ...worker, dev }] });
  const origin = miniflare.ready
    .then(() => miniflare.unsafeGetDirectURL("objects"))
    .then((url) => url.origin);
  return { buckets, origin, stop: () => miniflare.dispose() };
}

import { createHash, randomUUID } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { buffer } from "node:stream/consumers";

interface Asked {
  readonly method: string;
  readonly object: string;
  readonly uploadId?: string;
  readonly partNumber?: number;
  readonly parts?: readonly { readonly part: number }[];
  readonly range?: { readonly offset?: string; readonly length?: string };
}

/** A bucket in this process, so that what it holds is not in the Worker's. */
export interface Bucket {
  readonly port: number;
  readonly stop: () => Promise<void>;
}

/**
 * As much of R2's side of a binding as FM5 needs to take a file and look at it, as workerd and miniflare speak it.
 * @see https://github.com/cloudflare/workerd/blob/main/src/workerd/api/r2-api.capnp
 */
export async function startBucket(): Promise<Bucket> {
  const store: Store = { objects: new Map(), parts: new Map() };
  const server = createServer((request, response) => {
    answer(store, request, response).catch((error: unknown) => response.destroy(error as Error));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    port: (server.address() as AddressInfo).port,
    stop: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

interface Store {
  readonly objects: Map<string, Buffer>;
  /** By upload and number. */
  readonly parts: Map<string, Buffer>;
}

async function answer(store: Store, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const body = await buffer(request);
  const size = Number(request.headers["cf-r2-metadata-size"] ?? 0);
  const text =
    request.method === "GET" ? String(request.headers["cf-r2-request"]) : body.toString("utf8", 0, size);
  const asked = JSON.parse(text) as Asked;
  const given = body.subarray(size);
  switch (asked.method) {
    case "head":
    case "get":
      return answerObject(store, asked, response);
    case "put":
      store.objects.set(asked.object, given);
      return send(response, metadataOf(asked.object, given));
    case "delete":
      store.objects.delete(asked.object);
      return send(response, {});
    case "createMultipartUpload":
      return send(response, { uploadId: randomUUID() });
    case "uploadPart":
      store.parts.set(`${asked.uploadId} ${asked.partNumber}`, given);
      return send(response, { etag: etagOf(given) });
    case "completeMultipartUpload": {
      const parts = asked.parts?.map(
        ({ part }) => store.parts.get(`${asked.uploadId} ${part}`) ?? Buffer.of(),
      );
      const object = Buffer.concat(parts ?? []);
      store.objects.set(asked.object, object);
      return send(response, metadataOf(asked.object, object));
    }
    default:
      throw new Error(`the bench’s bucket can’t ${asked.method}`);
  }
}

function answerObject({ objects }: Store, { method, object, range }: Asked, response: ServerResponse): void {
  const content = objects.get(object);
  if (content === undefined) {
    const error = { version: 1, v4code: 10007, message: "The specified key does not exist." };
    response.writeHead(404, { "cf-r2-error": JSON.stringify(error) }).end();
    return;
  }
  const offset = Number(range?.offset ?? 0);
  const length = Math.min(Number(range?.length ?? content.length), content.length - offset);
  const body = method === "head" ? Buffer.of() : content.subarray(offset, offset + length);
  send(response, { ...metadataOf(object, content), ...(range && { range: { offset, length } }) }, body);
}

function send(response: ServerResponse, metadata: object, body: Buffer = Buffer.of()): void {
  const head = Buffer.from(JSON.stringify(metadata));
  response.writeHead(200, {
    "cf-r2-metadata-size": head.length,
    "content-length": head.length + body.length,
  });
  response.write(head);
  response.end(body);
}

function metadataOf(name: string, content: Buffer) {
  const etag = etagOf(content);
  const fields = { httpFields: {}, customFields: [], checksums: {} };
  return { name, version: etag, size: content.length, etag, uploaded: 1_800_000_000_000, ...fields };
}

/** Of its first bytes: an object of 100 MB would be hashed for nothing. */
function etagOf(content: Buffer): string {
  return createHash("md5").update(content.subarray(0, 1024)).digest("hex");
}

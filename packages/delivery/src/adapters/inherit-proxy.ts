import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import * as z from "zod";

/** Where wrangler is to send its requests, so that what it uploads inherits from one version. */
export interface InheritProxy {
  readonly baseUrl: string;
  stop(): Promise<void>;
}

const UPLOAD_PATH = /\/workers\/scripts\/[^/]+\/versions(?:\?|$)/u;

const metadataSchema = z.looseObject({
  bindings: z.array(z.looseObject({ type: z.string(), name: z.string() })).default([]),
});

/**
 * A proxy on this machine in front of Cloudflare's API, for one wrangler command. wrangler lets a version inherit secrets from
 * the newest upload, which may be a candidate that failed; the API lets it name the version, which is all that is added here.
 * Everything else passes unchanged.
 * @see https://developers.cloudflare.com/workers/configuration/multipart-upload-metadata/#bindings
 */
export async function startInheritProxy(upstream: string, versionId: string): Promise<InheritProxy> {
  const server = createServer((request, response) => {
    forward(upstream, versionId, { request, response }).catch(() => response.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    baseUrl: `http://127.0.0.1:${port}`,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** Of this one connection, not of what it carries; the body's length and coding are fetch's own. */
const HOP_HEADERS = new Set([
  "connection",
  "content-encoding",
  "content-length",
  "host",
  "keep-alive",
  "transfer-encoding",
]);

async function forward(
  upstream: string,
  versionId: string,
  { request, response }: { readonly request: IncomingMessage; readonly response: ServerResponse },
): Promise<void> {
  const { method = "GET", url = "/" } = request;
  const headers = new Headers(
    Object.entries(request.headers).flatMap(([name, value]): [string, string][] =>
      typeof value === "string" && !HOP_HEADERS.has(name) ? [[name, value]] : [],
    ),
  );
  let body: Uint8Array<ArrayBuffer> | FormData | undefined =
    method === "GET" || method === "HEAD" ? undefined : await bytesOf(request);
  if (method === "POST" && UPLOAD_PATH.test(url) && body !== undefined) {
    body = await inheritingFrom(versionId, new Response(body, { headers }));
    headers.delete("content-type");
  }
  const answer = await fetch(`${upstream}${url}`, { method, headers, ...(body !== undefined && { body }) });
  const kept = [...answer.headers].filter(([name]) => !HOP_HEADERS.has(name));
  response.writeHead(answer.status, kept.flat());
  response.end(Buffer.from(await answer.arrayBuffer()));
}

async function bytesOf(request: IncomingMessage): Promise<Uint8Array<ArrayBuffer>> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return new Uint8Array(Buffer.concat(chunks));
}

/** The same form, with the version named in each binding that is inherited. */
async function inheritingFrom(versionId: string, upload: Response): Promise<FormData> {
  const form = await upload.formData();
  const metadata = metadataSchema.parse(JSON.parse(await textOf(form.get("metadata"))));
  const bindings = metadata.bindings.map((binding) =>
    binding.type === "inherit" ? { ...binding, version_id: versionId } : binding,
  );
  form.set("metadata", JSON.stringify({ ...metadata, bindings }));
  return form;
}

async function textOf(entry: ReturnType<FormData["get"]>): Promise<string> {
  return typeof entry === "string" ? entry : ((await entry?.text()) ?? "");
}

import { randomBytes } from "node:crypto";
import type { RawReply } from "../../http/reply.ts";
import type { Blobs } from "../../store/blobs.ts";
import type { ModuleType, VersionDocument } from "./model.ts";
import { MODULE_TYPES } from "./upload.ts";

/** A version's modules as the form that an upload of them would be. @see https://developers.cloudflare.com/api/resources/workers/subresources/scripts/methods/get/ */
export function multipartOf(version: VersionDocument | undefined, blobs: Blobs): RawReply {
  const boundary = randomBytes(16).toString("hex");
  const parts = (version?.modules ?? []).flatMap(({ name, type, blob }) => [
    Buffer.from(
      `--${boundary}\r\ncontent-disposition: form-data; name="${quoted(name)}"; filename="${quoted(name)}"\r\ncontent-type: ${mediaType(type)}\r\n\r\n`,
    ),
    blobs.read(blob),
    Buffer.from("\r\n"),
  ]);
  return {
    kind: "raw",
    status: 200,
    headers: {
      "content-type": `multipart/form-data; boundary=${boundary}`,
      ...(version?.mainModule !== undefined && { "cf-entrypoint": encodeURI(version.mainModule) }),
    },
    body: Buffer.concat([...parts, Buffer.from(`--${boundary}--\r\n`)]),
  };
}

function mediaType(type: ModuleType): string {
  return (
    Object.entries(MODULE_TYPES).find(([, candidate]) => candidate === type)?.[0] ??
    "application/octet-stream"
  );
}

/** @see https://html.spec.whatwg.org/#multipart-form-data */
function quoted(name: string): string {
  return name.replaceAll('"', "%22").replaceAll("\r", "%0D").replaceAll("\n", "%0A");
}

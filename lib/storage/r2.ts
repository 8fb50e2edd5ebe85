import { copyTo } from "./blocks.ts";
import type { FileStorage, Sending } from "./file-storage.ts";
import type { FileBucket } from "./r2-bucket.ts";

/** Workers' own: passes on so many bytes and fails on any other number, so that R2 knows the length of a stream. */
declare class FixedLengthStream extends TransformStream<Uint8Array, Uint8Array> {
  constructor(lengthBytes: number);
}

/** R2 by its binding. Streams through: a part takes no more memory than what is on its way. */
export function r2Storage(bucket: FileBucket): FileStorage {
  return {
    put: async ({ key, contentType, ...sending }) => {
      await sendTo(sending, (value) => bucket.put(key, value, { httpMetadata: { contentType } }));
    },
    get: async (key, range) =>
      (await bucket.get(key, range === undefined ? undefined : { range }))?.body ?? null,
    head: async (key) => {
      const found = await bucket.head(key);
      return found === null ? null : { key: found.key, sizeBytes: found.size };
    },
    list: async ({ prefix, limit, cursor }) => {
      const page = await bucket.list({ prefix, limit, ...(cursor === undefined ? {} : { cursor }) });
      return {
        objects: page.objects.map(({ key, size }) => ({ key, sizeBytes: size })),
        nextCursor: page.truncated ? (page.cursor ?? null) : null,
      };
    },
    delete: (keys) => bucket.delete([...keys]),
    createUpload: async ({ key, contentType }) =>
      (await bucket.createMultipartUpload(key, { httpMetadata: { contentType } })).uploadId,
    putPart: async ({ key, uploadId, number, ...sending }) => {
      const upload = bucket.resumeMultipartUpload(key, uploadId);
      const { etag } = await sendTo(sending, (value) => upload.uploadPart(number, value));
      return etag;
    },
    completeUpload: async ({ key, uploadId, parts }) => {
      const upload = bucket.resumeMultipartUpload(key, uploadId);
      await upload.complete(parts.map(({ number, etag }) => ({ partNumber: number, etag })));
    },
    abortUpload: ({ key, uploadId }) => bucket.resumeMultipartUpload(key, uploadId).abort(),
  };
}

/** Hands R2 the content; fails as well when the content comes to an end too soon, or never. */
async function sendTo<T>(
  { content, sizeBytes, copyTo: copy }: Sending,
  send: (value: ReadableStream | Uint8Array) => Promise<T>,
): Promise<T> {
  const { readable, writable } = new FixedLengthStream(sizeBytes);
  const sinks = copy === undefined ? [writable] : [writable, copy];
  const [sent] = await Promise.all([send(readable), copyTo(sinks, content)]);
  return sent;
}

import { createHash, randomBytes, randomUUID } from "node:crypto";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import S3rver from "s3rver";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { FileStorage } from "../../lib/storage/file-storage.ts";
import { s3Storage } from "../../lib/storage/s3.ts";
import { storageInWorkerd } from "./support/storage-worker.ts";

const PART_BYTES = 5 * 1024 * 1024;
const CONTENT_TYPE = "model/3mf";

interface Opened {
  readonly storage: FileStorage;
  readonly stop: () => Promise<void>;
}

/** s3rver is no work of ours. It knows keys by their id, but checks no signature of version 4. */
async function storageOnS3(): Promise<Opened & { readonly endpoint: string }> {
  const directory = await mkdtemp(join(tmpdir(), "fm5-s3-"));
  const server = new S3rver({
    address: "127.0.0.1",
    port: 0,
    silent: true,
    directory,
    configureBuckets: [{ name: "files", configs: [] }],
  });
  const { port } = await server.run();
  const keys = { accessKeyId: "S3RVER", secretAccessKey: "S3RVER" };
  const endpoint = `http://127.0.0.1:${port}`;
  return {
    endpoint,
    storage: s3Storage({ endpoint, bucket: "files", ...keys }),
    stop: async () => {
      await server.close();
      await rm(directory, { recursive: true, force: true });
    },
  };
}

function sha256(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}

async function bytesOf(body: ReadableStream | null): Promise<Uint8Array> {
  return new Uint8Array(await new Response(body).arrayBuffer());
}

function streamOf(bytes: Uint8Array): ReadableStream<Uint8Array> {
  return new Blob([bytes as Uint8Array<ArrayBuffer>]).stream();
}

describe.each([
  ["R2 in workerd", storageInWorkerd],
  ["S3", storageOnS3],
])("files on %s", (_name, open) => {
  let opened: Opened;
  let storage: FileStorage;

  beforeAll(async () => {
    opened = await open();
    storage = opened.storage;
  });

  afterAll(() => opened?.stop());

  const newKey = (folder = "users/one") => `${folder}/${randomUUID()}`;

  async function stored(content: Uint8Array, key = newKey()): Promise<string> {
    await storage.put({
      key,
      content: streamOf(content),
      sizeBytes: content.length,
      contentType: CONTENT_TYPE,
    });
    return key;
  }

  test.each([1, 70_000])("%i bytes come back as they were stored", async (size) => {
    const content = randomBytes(size);

    const key = await stored(content);

    expect(sha256(await bytesOf(await storage.get(key)))).toBe(sha256(content));
    expect(await storage.head(key)).toEqual({ key, sizeBytes: size });
  });

  test("a range of an object comes alone", async () => {
    const content = randomBytes(1000);
    const key = await stored(content);

    expect(await bytesOf(await storage.get(key, { offset: 0, length: 2 }))).toHaveLength(2);
    expect(Buffer.from(await bytesOf(await storage.get(key, { offset: 990, length: 10 })))).toEqual(
      content.subarray(990),
    );
    expect(Buffer.from(await bytesOf(await storage.get(key, { offset: 17, length: 500 })))).toEqual(
      content.subarray(17, 517),
    );
  });

  test("what isn't there is null", async () => {
    const key = newKey();

    expect([await storage.get(key), await storage.head(key)]).toEqual([null, null]);
  });

  test("a key of characters that mean something in URLs and in XML is one of its own", async () => {
    const key = `users/a+b&c="%2F ü/${randomUUID()}`;
    await stored(Buffer.from("x"), key);

    expect(await storage.head(key)).toEqual({ key, sizeBytes: 1 });
    expect((await storage.list({ prefix: "users/a+b&", limit: 10 })).objects).toEqual([
      { key, sizeBytes: 1 },
    ]);
  });

  test("objects are listed by the beginning of their keys, page by page", async () => {
    const folder = `users/${randomUUID()}`;
    const keys = await Promise.all([1, 2, 3].map((size) => stored(randomBytes(size), `${folder}/${size}`)));
    await stored(randomBytes(1), `${folder}0/other`);

    const first = await storage.list({ prefix: `${folder}/`, limit: 2 });
    const second = await storage.list({ prefix: `${folder}/`, limit: 2, cursor: first.nextCursor ?? "" });

    expect(first.objects.map(({ key }) => key)).toEqual(keys.slice(0, 2));
    expect(second).toEqual({ objects: [{ key: keys[2], sizeBytes: 3 }], nextCursor: null });
  });

  test("deleted objects are gone, and to delete them again is nothing", async () => {
    const keys = await Promise.all([stored(randomBytes(1)), stored(randomBytes(1))]);

    await storage.delete(keys);
    await storage.delete(keys);

    expect(await Promise.all(keys.map((key) => storage.head(key)))).toEqual([null, null]);
  });

  test("an upload in parts is seen when it is complete; a part that comes again counts last", async () => {
    const key = newKey();
    const parts = [randomBytes(PART_BYTES), randomBytes(PART_BYTES), randomBytes(10)];
    const uploadId = await storage.createUpload({ key, contentType: CONTENT_TYPE });
    const put = async (number: number, content: Uint8Array) => ({
      number,
      etag: await storage.putPart({
        key,
        uploadId,
        number,
        content: streamOf(content),
        sizeBytes: content.length,
      }),
    });
    await put(2, randomBytes(PART_BYTES));
    const etags = [];
    for (const [index, part] of parts.entries()) etags.push(await put(index + 1, part));
    const before = await storage.head(key);

    await storage.completeUpload({ key, uploadId, parts: etags });

    expect(before).toBeNull();
    expect(sha256(await bytesOf(await storage.get(key)))).toBe(sha256(Buffer.concat(parts)));
  });
});

describe("R2's driver in workerd", () => {
  test("stores nothing when the content is shorter than it says", async () => {
    const { storage, stop } = await storageInWorkerd();
    const short = {
      key: "users/one/x",
      content: Buffer.from("short"),
      sizeBytes: 10,
      contentType: CONTENT_TYPE,
    };

    await expect(storage.put(short)).rejects.toThrow("FixedLengthStream");

    expect(await storage.head(short.key)).toBeNull();
    await stop();
  });

  test("completes no upload that was given up", async () => {
    const { storage, stop } = await storageInWorkerd();
    const key = "users/one/given-up";
    const uploadId = await storage.createUpload({ key, contentType: CONTENT_TYPE });
    const content = randomBytes(10);
    const part = { key, uploadId, number: 1, content: streamOf(content), sizeBytes: content.length };
    const etag = await storage.putPart(part);

    await storage.abortUpload({ key, uploadId });

    await expect(storage.completeUpload({ key, uploadId, parts: [{ number: 1, etag }] })).rejects.toThrow(
      "multipart upload",
    );
    expect(await storage.head(key)).toBeNull();
    await stop();
  });
});

describe("S3's driver", () => {
  // s3rver knows no way to give an upload up: it answers 405.
  test("gives an upload up as S3 has it, signed", async () => {
    const asked: string[] = [];
    const server = createServer((request, answer) => {
      asked.push(`${request.method} ${request.url} ${request.headers.authorization?.slice(0, 16)}`);
      answer.writeHead(204).end();
    });
    await once(server.listen(0, "127.0.0.1"), "listening");
    const { port } = server.address() as AddressInfo;
    const keys = { accessKeyId: "id", secretAccessKey: "secret" };
    const storage = s3Storage({ endpoint: `http://127.0.0.1:${port}/`, bucket: "files", ...keys });

    await storage.abortUpload({ key: "users/one/x", uploadId: "a/b" });

    expect(asked).toEqual(["DELETE /files/users/one/x?uploadId=a%2Fb AWS4-HMAC-SHA256"]);
    server.close();
  });

  test("fails when the service is not there", async () => {
    const { storage, stop } = await storageOnS3();
    await stop();

    await expect(storage.head("x")).rejects.toThrow("fetch failed");
  });

  test("fails when the service doesn't know its key", async () => {
    const { endpoint, stop } = await storageOnS3();
    const storage = s3Storage({ endpoint, bucket: "files", accessKeyId: "nobody", secretAccessKey: "x" });

    await expect(storage.list({ prefix: "", limit: 1 })).rejects.toThrow("S3 answered 403");
    await stop();
  });
});

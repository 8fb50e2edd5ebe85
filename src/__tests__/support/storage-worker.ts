import { readFileSync } from "node:fs";
import { stripTypeScriptTypes } from "node:module";
import { join } from "node:path";
import { Log, LogLevel, Miniflare } from "miniflare";
import type { Content, FileStorage, ObjectPage, StoredObject } from "../../../lib/storage/file-storage.ts";
import { ROOT } from "./build.ts";

/** Calls one method of the storage for each request: arguments in a header, content as the body. */
const WORKER = `
import { r2Storage } from "./r2.mjs";
export default {
  async fetch(request, { BUCKET }) {
    const method = new URL(request.url).pathname.slice(1);
    const args = JSON.parse(decodeURIComponent(request.headers.get("x-args")));
    if (request.headers.has("x-content")) args[0].content = request.body;
    try {
      const result = await r2Storage(BUCKET)[method](...args);
      return result instanceof ReadableStream ? new Response(result) : Response.json(result ?? null);
    } catch (error) {
      return new Response(String(error), { status: 500 });
    }
  },
};`;

interface RemoteStorage {
  readonly storage: FileStorage;
  readonly stop: () => Promise<void>;
}

/** lib/storage/r2.ts in workerd, on a bucket of its own, as a storage for this process. */
export async function storageInWorkerd(): Promise<RemoteStorage> {
  const moduleFrom = (path: string) => ({
    type: "esm" as const,
    contents: stripTypeScriptTypes(readFileSync(join(ROOT, path), "utf8")),
  });
  const miniflare = new Miniflare({
    cf: false,
    log: new Log(LogLevel.NONE),
    workers: [
      {
        config: {
          name: "storage",
          compatibilityDate: "2026-10-01",
          manifest: {
            mainModule: "index.mjs",
            modulesRoot: "/",
            modules: {
              "index.mjs": { type: "esm", contents: WORKER },
              "r2.mjs": moduleFrom("lib/storage/r2.ts"),
              "blocks.ts": moduleFrom("lib/storage/blocks.ts"),
            },
          },
          env: { BUCKET: { type: "r2", name: "files" } },
        },
      },
    ],
  });
  const { origin } = await miniflare.ready;
  return { storage: remoteStorage(origin), stop: () => miniflare.dispose() };
}

function remoteStorage(origin: string): FileStorage {
  const call = async (method: keyof FileStorage, args: readonly unknown[], content?: Content) => {
    const answer = await fetch(`${origin}/${method}`, {
      method: "POST",
      headers: {
        "x-args": encodeURIComponent(JSON.stringify(args)),
        ...(content === undefined ? {} : { "x-content": "1" }),
      },
      ...(content === undefined ? {} : { body: content as BodyInit, duplex: "half" }),
    });
    if (!answer.ok) throw new Error(await answer.text());
    return answer;
  };
  const json = async <T>(answer: Promise<Response>): Promise<T> => (await (await answer).json()) as T;
  return {
    put: async ({ content, ...object }) => void (await call("put", [object], content)),
    get: async (...args) => {
      const answer = await call("get", args);
      return answer.headers.get("content-type") === "application/json" ? null : answer.body;
    },
    head: (key) => json<StoredObject | null>(call("head", [key])),
    list: (options) => json<ObjectPage>(call("list", [options])),
    delete: async (keys) => void (await call("delete", [keys])),
    createUpload: (object) => json<string>(call("createUpload", [object])),
    putPart: ({ content, ...part }) => json<string>(call("putPart", [part], content)),
    completeUpload: async (options) => void (await call("completeUpload", [options])),
    abortUpload: async (options) => void (await call("abortUpload", [options])),
  };
}

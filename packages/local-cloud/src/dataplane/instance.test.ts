import { once } from "node:events";
import { request, type IncomingMessage } from "node:http";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { expect, test } from "vitest";
import type { VersionDocument } from "../services/workers/model.ts";
import { openBlobs } from "../store/blobs.ts";
import { temporaryFolder } from "../testing/cloud-process.ts";
import { startInstance, type Instance, type Surroundings } from "./instance.ts";

const SITE = {
  id: "site",
  worker: "site",
  mainModule: "index.js",
  bindings: [],
  compatibilityFlags: [],
} as unknown as VersionDocument;

async function started(version: VersionDocument, around: Surroundings): Promise<Instance> {
  const start = await startInstance(version, around);
  if (start.outcome === "refused") throw new Error(start.message);
  return start.instance;
}

/** Asks as the edge does: the request line has the whole URL. */
async function answerOf(instance: Instance, path: string): Promise<string> {
  const at = { host: "127.0.0.1", port: instance.portFor(path), path: `http://site.localhost${path}` };
  const outgoing = request({ ...at, agent: false }).end();
  const [incoming] = (await once(outgoing, "response")) as [IncomingMessage];
  return text(incoming);
}

test("a version that starts again before its process has ended keeps its assets", async () => {
  const folder = temporaryFolder();
  const blobs = openBlobs(join(folder, "blobs"));
  const hash = blobs.put(Buffer.from("kept"));
  const source = blobs.put(Buffer.from("export default { fetch: () => new Response('worker') };"));
  const manifest = { "/file.txt": { hash, size: 4 } };
  const modules = [{ name: "index.js", type: "esm" as const, blob: source, sizeBytes: 1 }];
  const version: VersionDocument = { ...SITE, modules, assets: { config: {}, manifest } };
  const around: Surroundings = {
    folders: { storage: join(folder, "storage"), run: join(folder, "run") },
    blobs,
    assetFile: (_, digest) => blobs.path(digest),
    onTrace: () => undefined,
    network: () => Promise.reject(new Error("unused")),
    baselineCpuMs: () => 0,
    send: () => Promise.reject(new Error("unused")),
    log: () => undefined,
  };
  const first = await started(version, around);
  const second = await started(version, around);

  await first.kill();

  expect(await answerOf(second, "/file.txt")).toBe("kept");
  await second.stop();
});

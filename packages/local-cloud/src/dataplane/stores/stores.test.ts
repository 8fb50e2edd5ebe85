import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import type { Miniflare, MiniflareOptions } from "miniflare";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import type { Runtime } from "../runtime.ts";
import type { Folders } from "../runtime-options.ts";
import { Stores, type Store } from "./stores.ts";

const FOLDERS: Folders = { storage: "storage", run: "run" };
const bucket = (id: string): Store => ({ kind: "r2", id });

let server: Server;
/** What became of the processes: how many stores each one knows, and when it ended. */
let said: string[];
/** What the next starts wait for. */
let starts: Promise<unknown>[];

beforeAll(async () => {
  server = createServer((_, response) => response.end("answer"));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
});
afterAll(() => server.close());

beforeEach(() => {
  said = [];
  starts = [];
});

async function start(_: Folders, options: () => MiniflareOptions): Promise<Runtime> {
  const { env = {} } = options().workers[0]?.config ?? {};
  const name = `process of ${Object.keys(env).length}`;
  said.push(name);
  await starts.shift();
  const { port } = server.address() as AddressInfo;
  const unsafeGetDirectURL = async () => new URL(`http://127.0.0.1:${port}`);
  const stop = async () => void said.push(`${name} ended`);
  return { miniflare: { unsafeGetDirectURL } as unknown as Miniflare, stop };
}

async function use(stores: Stores, id: string): Promise<string> {
  return (await stores.fetch(bucket(id), "", {})).text();
}

test("one process serves all stores that were announced", async () => {
  const stores = new Stores(FOLDERS, () => undefined, start);
  stores.announce([bucket("a"), bucket("b")]);

  await Promise.all([use(stores, "a"), use(stores, "b")]);

  expect(said).toEqual(["process of 2"]);
});

test("the process before ends once the next one is there", async () => {
  const second = Promise.withResolvers<void>();
  starts = [Promise.resolve(), second.promise];
  const stores = new Stores(FOLDERS, () => undefined, start);
  await use(stores, "a");

  const used = use(stores, "b");
  await Promise.resolve();
  expect(said).toEqual(["process of 1", "process of 2"]);
  second.resolve();
  await used;

  await expect.poll(() => said).toEqual(["process of 1", "process of 2", "process of 1 ended"]);
});

test("a start that failed is tried again at the next request", async () => {
  starts = [Promise.reject(new Error("no space"))];
  const stores = new Stores(FOLDERS, () => undefined, start);

  await expect(use(stores, "a")).rejects.toThrow("no space");

  expect(await use(stores, "a")).toBe("answer");
});

test("a store that was deleted is not in the next process", async () => {
  const stores = new Stores(FOLDERS, () => undefined, start);
  await use(stores, "a");
  stores.forget(bucket("a"));

  await use(stores, "b");

  expect(said.slice(0, 2)).toEqual(["process of 1", "process of 1"]);
});

test("nothing starts after the stop, which ends all that was started", async () => {
  const stores = new Stores(FOLDERS, () => undefined, start);
  const used = use(stores, "a");

  await Promise.all([stores.stop(), used]);

  await expect(use(stores, "b")).rejects.toThrow("is stopping");
  expect(said).toEqual(["process of 1", "process of 1 ended"]);
});

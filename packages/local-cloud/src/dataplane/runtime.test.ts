import type { Miniflare } from "miniflare";
import { expect, test } from "vitest";
import { startRuntime } from "./runtime.ts";
import type { Folders } from "./runtime-options.ts";

const FOLDERS: Folders = { storage: "storage", run: "run" };
const never = new Promise<never>(() => undefined);

/** Runtimes of which each gets ready as it is told; `said` is what was done to them. */
function runtimes(...readiness: readonly Promise<unknown>[]) {
  const said: string[] = [];
  const rest = [...readiness];
  const create = () => {
    const number = readiness.length - rest.length + 1;
    said.push(`create ${number}`);
    const dispose = () => {
      said.push(`dispose ${number}`);
      return Promise.resolve();
    };
    return { ready: rest.shift(), dispose } as unknown as Miniflare;
  };
  return { said, create };
}

const options = (unsafeDevRegistryPath?: string) => () => ({
  workers: [],
  ...(unsafeDevRegistryPath !== undefined && { unsafeDevRegistryPath }),
});

test("a runtime that does not get ready in time is given up, and another one started", async () => {
  const { said, create } = runtimes(never, Promise.resolve());

  const lines: string[] = [];
  await startRuntime(FOLDERS, options(), { limitMs: 20, create, log: (line) => lines.push(line) });

  expect(said).toEqual(["create 1", "dispose 1", "create 2"]);
  expect(lines).toEqual([expect.stringContaining("another one is started")]);
});

test("a second one that does not get ready in time is a failure", async () => {
  const { said, create } = runtimes(never, never);

  await expect(startRuntime(FOLDERS, options(), { limitMs: 20, create })).rejects.toThrow("takes longer");

  expect(said).toEqual(["create 1", "dispose 1", "create 2", "dispose 2"]);
});

test("a runtime that refuses to start is ended, and the refusal is passed on", async () => {
  const { said, create } = runtimes(Promise.reject(new Error("no space")));

  await expect(startRuntime(FOLDERS, options(), { create })).rejects.toThrow("no space");

  expect(said).toEqual(["create 1", "dispose 1"]);
});

test("of those that share a registry none ends while another one starts", async () => {
  const second = Promise.withResolvers<void>();
  const { said, create } = runtimes(Promise.resolve(), second.promise);
  const first = await startRuntime(FOLDERS, options("shared"), { create });

  const starting = startRuntime(FOLDERS, options("shared"), { create });
  const stopping = first.stop();
  await Promise.resolve();
  expect(said).toEqual(["create 1", "create 2"]);
  second.resolve();
  await Promise.all([starting, stopping]);

  expect(said).toEqual(["create 1", "create 2", "dispose 1"]);
});

import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { ObjectStore } from "../../dataplane/object-store.ts";
import { openState, type State } from "../../store/state.ts";
import { temporaryFolder } from "../../testing/cloud-process.ts";
import { BucketsBackend } from "./backend.ts";

let state: State;
let objects: ObjectStore;
let buckets: BucketsBackend;

beforeAll(() => {
  const folder = temporaryFolder();
  state = openState(join(folder, "state.sqlite"));
  objects = new ObjectStore({ storage: join(folder, "storage"), run: join(folder, "run") });
  buckets = new BucketsBackend(state, objects);
  buckets.create("files", {});
});

afterAll(async () => {
  await objects.stop();
  state.close();
});

test("a bucket's usage counts its objects and their bytes", async () => {
  await buckets.objects({ bucket: "files", key: "a" }, { method: "PUT", body: "12345" });
  await buckets.objects({ bucket: "files", key: "b/c" }, { method: "PUT", body: "123" });

  expect(await buckets.usage("files")).toEqual({ objects: 2, bytes: 8 });
});

import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { Stores } from "../../dataplane/stores/stores.ts";
import { Refusal } from "../../http/refusal.ts";
import { openState, type State } from "../../store/state.ts";
import { temporaryFolder } from "../../testing/cloud-process.ts";
import { BucketsBackend, fullBucketName } from "./backend.ts";

let state: State;
let stores: Stores;
let buckets: BucketsBackend;

beforeAll(() => {
  const folder = temporaryFolder();
  state = openState(join(folder, "state.sqlite"));
  stores = new Stores({ storage: join(folder, "storage"), run: join(folder, "run") }, () => undefined);
  buckets = new BucketsBackend(state, stores);
  buckets.create("files", {});
  buckets.create("files", { jurisdiction: "eu" });
});

afterAll(async () => {
  await stores.stop();
  state.close();
});

const put = (fullName: string, key: string, body: string) =>
  buckets.object({ fullName, key }, { method: "PUT", body });

async function codeOf(work: () => unknown): Promise<number | undefined> {
  try {
    await work();
    return undefined;
  } catch (error) {
    return error instanceof Refusal ? error.errors[0]?.code : undefined;
  }
}

test("a bucket's usage counts its objects and their bytes", async () => {
  await put("files", "a", "12345");
  await put("files", "b/c", "123");

  expect(await buckets.usage("files")).toEqual({ objects: 2, bytes: 8 });
});

test("buckets of one name in two jurisdictions hold different objects", async () => {
  await put("eu_files", "a", "only here");

  expect(await buckets.usage("eu_files")).toEqual({ objects: 1, bytes: 9 });
  expect(buckets.list("eu").map(({ name, jurisdiction }) => [name, jurisdiction])).toEqual([["files", "eu"]]);
  expect(buckets.list("default")).toHaveLength(1);
});

test("objects are listed by prefix, cut at a delimiter, and page by page", async () => {
  await put("files", "b/d/e", "1");

  const cut = await buckets.page("files", { prefix: "b/", delimiter: "/" });
  const first = await buckets.page("files", { limit: "2" });
  const second = await buckets.page("files", { limit: "2", cursor: first.cursor ?? "" });

  expect([cut.objects.map(({ key }) => key), cut.delimited]).toEqual([["b/c"], ["b/d/"]]);
  expect([...first.objects, ...second.objects].map(({ key }) => key)).toEqual(["a", "b/c", "b/d/e"]);
  expect(second.cursor).toBeNull();
});

test("a download goes on while a new bucket makes the process change", async () => {
  const body = "x".repeat(4_000_000);
  await put("files", "large", body);

  const download = await buckets.object({ fullName: "files", key: "large" }, { method: "GET" });
  buckets.create("another", {});
  await put("another", "a", "1");

  expect((await download.text()).length).toBe(body.length);
});

test("what R2 refuses is refused with its code", async () => {
  expect(await codeOf(() => buckets.get("missing"))).toBe(10_006);
  expect(await codeOf(() => buckets.object({ fullName: "missing", key: "a" }, {}))).toBe(10_006);
  expect(await codeOf(() => buckets.create("files", {}))).toBe(10_004);
  expect(await codeOf(() => buckets.delete("files"))).toBe(10_008);
  expect(await codeOf(() => fullBucketName("files", "mars"))).toBe(10_001);
  for (const name of ["ab", "-abc", "abc-", "Abc", "a_bc", "a.bc", "a".repeat(64), "../etc"])
    expect(await codeOf(() => buckets.create(name, {}))).toBe(10_005);
});

test("an empty bucket can be deleted, and made again empty", async () => {
  buckets.create("soon-gone", {});

  await buckets.delete("soon-gone");

  expect(buckets.has("soon-gone")).toBe(false);
  buckets.create("soon-gone", {});
  expect(await buckets.usage("soon-gone")).toEqual({ objects: 0, bytes: 0 });
});

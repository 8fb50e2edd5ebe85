import { join } from "node:path";
import { expect, test } from "vitest";
import { Stores, type Store } from "../dataplane/stores/stores.ts";
import { openState } from "../store/state.ts";
import { temporaryFolder } from "../testing/cloud-process.ts";
import { D1Backend } from "./d1/backend.ts";
import { KvBackend } from "./kv/backend.ts";
import { BucketsBackend } from "./r2/backend.ts";

class Recorded extends Stores {
  readonly announced: Store[] = [];

  override announce(stores: readonly Store[]): void {
    this.announced.push(...stores);
  }
}

test("a bucket, a namespace and a database are announced when they are made, and after a restart", () => {
  const folder = temporaryFolder();
  const folders = { storage: join(folder, "storage"), run: join(folder, "run") };
  const state = openState(join(folder, "state.sqlite"));
  const made = new Recorded(folders, () => undefined);
  const restarted = new Recorded(folders, () => undefined);

  new BucketsBackend(state, made).create("files", { jurisdiction: "eu" });
  const { id } = new KvBackend(state, made).create("flags");
  const { uuid } = new D1Backend(state, made).create("main", {});
  void [
    new BucketsBackend(state, restarted),
    new KvBackend(state, restarted),
    new D1Backend(state, restarted),
  ];

  expect(made.announced).toEqual([
    { kind: "r2", id: "eu_files" },
    { kind: "kv", id },
    { kind: "d1", id: uuid },
  ]);
  expect(restarted.announced).toEqual(made.announced);
  state.close();
});

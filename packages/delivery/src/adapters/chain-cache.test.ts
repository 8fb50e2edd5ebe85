import { appendFileSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import type { LedgerEntry } from "../ledger/entry.ts";
import { openChainCache, type Link } from "./chain-cache.ts";
import { writeEntry } from "./git-objects.ts";

const OBJECTS = mkdtempSync(join(tmpdir(), "chain-cache-objects-"));

function link(seq: number, after?: Link): Link {
  const entry: LedgerEntry = {
    schema: 1,
    seq,
    at: "2026-01-01T00:00:00.000Z",
    actor: { kind: "ci", name: "ada" },
    lease: { owner: "h/1", nonce: "n" },
    environment: "staging",
    rolloutId: "",
    type: "locked",
    reason: "two\nlines — and 名",
  };
  return { ...writeEntry({ folder: OBJECTS, format: "sha1" }, after?.commit, entry), entry };
}

const first = link(1);
const second = link(2, first);
const third = link(3, second);
const fourth = link(4, third);

function open(folder: string) {
  return openChainCache(folder, "sha1");
}

function filled() {
  const folder = mkdtempSync(join(tmpdir(), "chain-cache-"));
  const cache = open(folder);
  cache.add("staging", undefined, [first, second]);
  cache.add("staging", second.commit, [third]);
  return { folder, cache, file: join(folder, "ledger", "staging") };
}

function chainOf(...links: readonly Link[]) {
  return { head: links.at(-1)?.commit, entries: links.map(({ entry }) => entry) };
}

describe("a machine's copy of a ledger", () => {
  test("gives another process what was added", () => {
    const { folder } = filled();

    expect(open(folder).read("staging")).toMatchObject(chainOf(first, second, third));
  });

  test("knows nothing of what it never read", () => {
    expect(open("/nowhere").read("staging")).toMatchObject(chainOf());
  });

  test("is replaced by a whole chain", () => {
    const { folder, cache } = filled();

    cache.add("staging", undefined, [first]);

    expect(open(folder).read("staging")).toMatchObject(chainOf(first));
  });

  test("takes nothing that comes after something else", () => {
    const { folder, cache } = filled();

    cache.add("staging", second.commit, [fourth]);

    expect(open(folder).read("staging")).toMatchObject(chainOf(first, second, third));
  });

  test.each([
    ["in an entry", (text: string) => text.replace('\\"seq\\": 2', '\\"seq\\": 9')],
    ["in its length", (text: string) => text.slice(0, text.indexOf("staging 2:"))],
    ["in its order", (text: string) => text.replace(/\n(.*)\n(.*)\n/u, "\n$2\n$1\n")],
  ])("ends where a line was changed %s", (_, harm) => {
    const { folder, file } = filled();
    writeFileSync(file, harm(readFileSync(file, "utf8")));

    expect(open(folder).read("staging")).toMatchObject(chainOf(first));
  });

  test("has no head that a ledger has where a commit was changed", () => {
    const { folder, file } = filled();
    writeFileSync(file, readFileSync(file, "utf8").replace("staging 2:", "staging 9:"));

    const { head, entries } = open(folder).read("staging");

    expect(entries).toHaveLength(2);
    expect(head).not.toBe(second.commit);
  });

  test("is whole again after the next addition", () => {
    const { folder, file } = filled();
    appendFileSync(file, '["half a li');
    const cache = open(folder);
    cache.read("staging");

    cache.add("staging", third.commit, [fourth]);

    expect(open(folder).read("staging")).toMatchObject(chainOf(first, second, third, fourth));
  });

  test("is kept for this process alone where no file can be written", () => {
    const cache = open("/dev/null");

    cache.add("staging", undefined, [first]);
    cache.add("staging", first.commit, [second]);

    expect(cache.read("staging")).toMatchObject(chainOf(first, second));
    expect(open("/dev/null").read("staging")).toMatchObject(chainOf());
  });
});

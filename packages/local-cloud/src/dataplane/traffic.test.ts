import { describe, expect, test } from "vitest";
import { chooseVersion, overrideFor } from "./traffic.ts";

const split = (newer: number) => [
  { versionId: "old", percentage: 100 - newer, number: 1 },
  { versionId: "new", percentage: newer, number: 2 },
];
const plain = { key: undefined, overrides: undefined };

describe("traffic without a key", () => {
  test.each([
    [0, "new"],
    [0.0999, "new"],
    [0.1, "old"],
    [0.9999, "old"],
  ])("that draws %d at 10 %% goes to %s", (draw, version) => {
    expect(chooseVersion("shop", split(10), { ...plain, draw })).toBe(version);
  });

  test("never reaches a version at 0 %", () => {
    const drawn = Array.from({ length: 1000 }, (_, index) =>
      chooseVersion("shop", split(0), { ...plain, draw: index / 1000 }),
    );

    expect(new Set(drawn)).toEqual(new Set(["old"]));
  });
});

describe("traffic with a key", () => {
  const keys = Array.from({ length: 2000 }, (_, index) => `visitor-${index}`);
  const onNew = (share: number) =>
    new Set(
      keys.filter((key) => chooseVersion("shop", split(share), { ...plain, key, draw: 0.5 }) === "new"),
    );

  test("goes to one version for each key, in about the share that is asked for", () => {
    expect(onNew(25).size / keys.length).toBeGreaterThan(0.22);
    expect(onNew(25).size / keys.length).toBeLessThan(0.28);
    expect(onNew(25)).toEqual(onNew(25));
  });

  test("stays on the newer version as its share grows", () => {
    const [few, more] = [onNew(10), onNew(50)];

    expect([...few].every((key) => more.has(key))).toBe(true);
  });
});

describe("a version override", () => {
  const choose = (overrides: string) =>
    chooseVersion("shop", split(0), { key: undefined, overrides, draw: 0.5 });

  test.each(['shop="new"', 'other="x", shop="new"', ' shop="new" '])(
    "%s reaches a version at 0 %%",
    (header) => {
      expect(choose(header)).toBe("new");
    },
  );

  test.each(['shop="unknown"', "shop=new", 'other="new"', "", '"', "shop", 'shop="new'])(
    "%j is no override",
    (header) => {
      expect(choose(header)).toBe("old");
    },
  );

  test("is read for the Worker that it names", () => {
    expect(overrideFor("my-worker", 'my-worker="a-b", my="c"')).toBe("a-b");
  });
});

import { expect, test } from "vitest";
import { isReleaseId, releaseId } from "./ids.ts";

const at = new Date("2026-11-22T20:58:00.000Z");
const commit = "89f96b9aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";

test("a release is named after its commit and the commit's time", () => {
  expect(releaseId(at, commit, false)).toBe("r-20261122T205800Z-89f96b9");
  expect(releaseId(at, commit, true)).toBe("r-20261122T205800Z-89f96b9-dirty");
});

test.each(["r-20261122T205800Z-89f96b9", "r-20261122T205800Z-89f96b9-dirty"])("%s is a release id", (id) => {
  expect(isReleaseId(id)).toBe(true);
});

test.each(["", "r-1", "R-20261122T205800Z-89f96b9", "r-20261122T205800Z-89f96b9/../x"])(
  "%j is none",
  (id) => {
    expect(isReleaseId(id)).toBe(false);
  },
);

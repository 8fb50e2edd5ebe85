import { describe, expect, test } from "vitest";
import { createSbom, type SbomRequest } from "./sbom.ts";

const LOCKFILE = {
  lockfileVersion: 3,
  packages: {
    "": {
      name: "shop",
      version: "1.0.0",
      dependencies: { till: "1", "@scope/scale": "2" },
      devDependencies: { wrench: "1" },
    },
    "packages/till": { name: "till", version: "1.0.0", dependencies: { coin: "1" } },
    "node_modules/till": { link: true, resolved: "packages/till" },
    "node_modules/coin": { version: "1.1.0", license: "MIT", integrity: "sha512-AAEC" },
    "node_modules/@scope/scale": {
      version: "2.0.0",
      license: "(MIT OR Apache-2.0)",
      dependencies: { coin: "2" },
    },
    "node_modules/@scope/scale/node_modules/coin": { version: "2.0.0", license: "SEE LICENSE IN x.md" },
    "node_modules/wrench": { version: "1.0.0", dev: true },
  },
};

const REQUEST: SbomRequest = {
  releaseId: "r-20260101T000000Z-abcdef0",
  commit: "a".repeat(40),
  committedAt: new Date("2026-01-01T00:00:00Z"),
  archiveSha256: "b".repeat(64),
  lockfile: LOCKFILE,
  bundled: undefined,
};

interface Bom {
  readonly components: readonly {
    readonly "bom-ref": string;
    readonly hashes?: unknown;
    readonly licenses?: unknown;
  }[];
  readonly dependencies: readonly { readonly ref: string; readonly dependsOn: readonly string[] }[];
}

const read = (request: SbomRequest) => JSON.parse(createSbom(request).toString("utf8")) as Bom;
const refs = (request: SbomRequest) => read(request).components.map((each) => each["bom-ref"]);

describe("a release's bill of materials", () => {
  test("is the same for the same commit and archive", () => {
    expect(createSbom(REQUEST).equals(createSbom({ ...REQUEST }))).toBe(true);
  });

  test("has what production dependencies bring, each as it is resolved, and nothing of development", () => {
    expect(refs(REQUEST)).toEqual([
      "pkg:npm/%40scope/scale@2.0.0",
      "pkg:npm/coin@2.0.0",
      "pkg:npm/coin@1.1.0",
      "pkg:npm/till@1.0.0",
    ]);
    expect(read(REQUEST).dependencies).toContainEqual({
      ref: "pkg:npm/%40scope/scale@2.0.0",
      dependsOn: ["pkg:npm/coin@2.0.0"],
    });
  });

  test("has just what is in the bundle where the build tells it", () => {
    const bundled = ["node_modules/coin", "node_modules/till", "node_modules/unknown"];

    expect(refs({ ...REQUEST, bundled })).toEqual(["pkg:npm/coin@1.1.0", "pkg:npm/till@1.0.0"]);
  });

  test("carries hashes and licenses", () => {
    const coin = read(REQUEST).components.find((each) => each["bom-ref"] === "pkg:npm/coin@1.1.0");
    const [scale, other] = read(REQUEST).components;

    expect(coin).toMatchObject({
      hashes: [{ alg: "SHA-512", content: "000102" }],
      licenses: [{ expression: "MIT" }],
    });
    expect(scale?.licenses).toEqual([{ expression: "(MIT OR Apache-2.0)" }]);
    expect(other?.licenses).toEqual([{ license: { name: "SEE LICENSE IN x.md" } }]);
  });

  test("of a project without a lock file names the release alone", () => {
    expect(refs({ ...REQUEST, lockfile: undefined })).toEqual([]);
  });
});

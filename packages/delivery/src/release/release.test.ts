import { describe, expect, test } from "vitest";
import { sha256 } from "./archive.ts";
import { verifiedRelease, type ReleaseParts } from "./release.ts";

const archive = Buffer.from("archive");
const sbom = Buffer.from("bill");
const described = (bytes: Buffer) => ({ sha256: sha256(bytes), sizeBytes: bytes.byteLength });

function parts(changed: Partial<ReleaseParts> = {}, billed = true): ReleaseParts {
  const manifest = JSON.stringify({
    schema: 1,
    releaseId: "r-20260101T000000Z-abcdef0",
    commit: "a".repeat(40),
    dirty: false,
    archive: described(archive),
    ...(billed && { sbom: described(sbom) }),
    modules: [],
    assets: [],
    compatibilityDate: "2026-01-01",
    migrations: [],
    requiredSecrets: [],
    health: { path: "/health" },
    builtBy: { node: "24", wrangler: "4" },
  });
  return { manifest, archive, sbom, ...changed };
}

describe("a release", () => {
  test("is what its manifest describes", () => {
    expect(verifiedRelease(parts())).toMatchObject({ archive, sbom });
  });

  test("of an earlier delivery has no bill of materials", () => {
    expect(verifiedRelease(parts({ sbom: undefined }, false))).not.toHaveProperty("sbom");
  });

  test.each([
    ["archive", { archive: Buffer.from("other") }],
    ["bill of materials", { sbom: Buffer.from("other") }],
    ["bill of materials", { sbom: undefined }],
  ])("is refused when its %s is another one", (what, changed) => {
    expect(() => verifiedRelease(parts(changed))).toThrow(
      expect.objectContaining({ code: "RELEASE_DAMAGED", message: expect.stringContaining(what) as string }),
    );
  });
});

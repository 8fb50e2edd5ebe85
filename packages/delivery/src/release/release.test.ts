import { describe, expect, test } from "vitest";
import { fakeRelease } from "../testing/fake-releases.ts";
import { sha256 } from "./archive.ts";
import { verifiedRelease, type ReleaseParts } from "./release.ts";

const archive = Buffer.from("archive");
const sbom = Buffer.from("bill");
const described = (bytes: Buffer) => ({ sha256: sha256(bytes), sizeBytes: bytes.byteLength });

function parts(changed: Partial<ReleaseParts> = {}, billed = true): ReleaseParts {
  const manifest = JSON.stringify({
    ...fakeRelease(1).manifest,
    archive: described(archive),
    ...(billed && { sbom: described(sbom) }),
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

import { expect, test } from "vitest";
import { packArchive } from "../release/archive.ts";
import { fakeRelease } from "../testing/fake-releases.ts";
import { bundleBytes } from "./bundle.ts";

test("a bundle is as large as its modules compressed, assets left out", async () => {
  const { manifest } = fakeRelease(1);
  const archive = await packArchive([
    { path: "dist/index.js", bytes: Buffer.alloc(100_000, "a") },
    {
      path: "assets/photo.jpg",
      bytes: Buffer.from(Array.from({ length: 5000 }, (_, index) => (index * 7919) % 251)),
    },
  ]);
  const release = { archive, manifest: { ...manifest, modules: [{ path: "dist/index.js", sha256: "" }] } };

  const size = await bundleBytes(release);

  expect(size).toBeGreaterThan(50);
  expect(size).toBeLessThan(1000);
});

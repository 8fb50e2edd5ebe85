import { expect, test } from "vitest";
import { asciiStl, binaryStl } from "./meshes.ts";
import { countingSource, metadataFrom, metadataOf } from "./read.ts";

test.each([1, 12, 20_000, 45_001])("a binary STL file of %i triangles is measured", async (triangles) => {
  expect(await metadataOf(binaryStl(triangles))).toMatchObject({
    format: "stl",
    sliced: false,
    mesh: { triangles, sizeMm: { x: 10, y: 20, z: 30 } },
    filaments: [],
    remarks: ["Not sliced: no filament use known."],
  });
});

test.each([1, 9_000])("an ASCII STL file of %i triangles is measured", async (triangles) => {
  expect(await metadataOf(asciiStl(triangles))).toMatchObject({
    format: "stl",
    mesh: { triangles, sizeMm: { x: 4, y: 5, z: 6 } },
  });
});

test("a large STL file is read once, in pieces of a megabyte", async () => {
  const bytes = binaryStl(100_000);
  const source = countingSource(bytes);

  await metadataFrom(source);

  expect(source.bytes()).toBeLessThan(bytes.length + 10_000);
  expect(source.bytes() / source.reads()).toBeLessThan(1_000_000);
});

test.each([
  ["without triangles", binaryStl(0), "malformed", "no triangle"],
  ["of points that lie nowhere", notANumber(), "malformed", "no number"],
  ["in ASCII that breaks off", asciiStl(5).slice(0, -30), "truncated", "cut short"],
  [
    "in ASCII with half a triangle",
    asciiStl(2).replace("  vertex 0 0 0\n", ""),
    "malformed",
    "can’t be read",
  ],
  [
    "in ASCII with an enormous line",
    asciiStl(1).replace("vertex", "x".repeat(5000)),
    "malformed",
    "can’t be read",
  ],
  ["in ASCII with words for numbers", asciiStl(1).replace("4.0", "four"), "malformed", "no number"],
])("an STL file %s is refused", async (...[, file, code, message]) => {
  await expect(metadataOf(file)).rejects.toMatchObject({
    name: "PrintFileError",
    code,
    message: expect.stringContaining(message),
  });
});

function notANumber(): Uint8Array {
  const bytes = binaryStl(3);
  new DataView(bytes.buffer).setFloat32(84 + 12, Number.NaN, true);
  return bytes;
}

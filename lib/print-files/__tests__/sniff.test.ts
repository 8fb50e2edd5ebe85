import { expect, test } from "vitest";
import { bytesSource } from "../byte-source.ts";
import { sniff } from "../sniff.ts";
import { bambuProject, PIXEL } from "./archives.ts";
import { bambuGcode, curaGcode, griffinGcode, orcaGcode, prusaGcode } from "./gcodes.ts";
import { asciiStl, binaryStl } from "./meshes.ts";
import { bytesOf, joined } from "./zip-builder.ts";

function contentOf(file: string | Uint8Array) {
  return sniff(bytesSource(bytesOf(file)));
}

test.each([
  ["an archive", bambuProject(), "archive"],
  ["a binary mesh whose header says solid", binaryStl(4, "solid facet normal"), "binary stl"],
  ["a mesh in ASCII", asciiStl(2), "ascii stl"],
  ["G-code of PrusaSlicer", prusaGcode(), "gcode"],
  ["G-code of Orca", orcaGcode(), "gcode"],
  ["G-code of Bambu Studio", bambuGcode(), "gcode"],
  ["G-code of Cura", curaGcode(), "gcode"],
  ["G-code of Cura for Griffin", griffinGcode(), "gcode"],
  ["G-code by hand", "\n\n  G28 ; home\nG1 X10\n", "gcode"],
  ["a PNG", PIXEL, "image/png"],
  ["a JPEG", Uint8Array.of(0xff, 0xd8, 0xff, 0xe0, 0, 16), "image/jpeg"],
  ["a WebP", "RIFF\u0024\u0000\u0000\u0000WEBPVP8 ", "image/webp"],
])("%s is known by its content", async (_what, file, content) => {
  expect(await contentOf(file)).toBe(content);
});

test.each([
  ["a page", "<!doctype html><script>alert(1)</script>"],
  ["a picture that can hold scripts", '<svg xmlns="http://www.w3.org/2000/svg"/>'],
  ["a program", "\u007FELF\u0002\u0001\u0001\u0000"],
  ["an empty archive", "PK\u0005\u0006"],
  ["nothing", ""],
  ["zeros", new Uint8Array(5000)],
  ["G-code with zeros in it", "G28\u0000G1"],
  ["words", "solid gold, really"],
  ["a RIFF that is a sound", "RIFF\u0024\u0000\u0000\u0000WAVEfmt "],
])("%s is refused, whatever its name says", async (_what, file) => {
  await expect(contentOf(file)).rejects.toMatchObject({ name: "PrintFileError", code: "unsupported" });
});

test("binary G-code is refused with the way to make the other", async () => {
  const file = joined([bytesOf("GCDE"), new Uint8Array(100)]);

  await expect(contentOf(file)).rejects.toThrow("Switch “binary G-code” off");
});

test("a binary mesh that is cut short is known by its name alone, and anything else isn't", async () => {
  const cut = binaryStl(100).subarray(0, 3000);

  expect(await sniff(bytesSource(cut), "mesh.STL")).toBe("binary stl");
  await expect(sniff(bytesSource(cut), "mesh.3mf")).rejects.toThrow("By its content");
  await expect(sniff(bytesSource(bytesOf("<p>page</p>".repeat(20))), "mesh.stl")).rejects.toThrow(
    "By its content",
  );
});

import { expect, test } from "vitest";
import { refusalOfFile } from "./check-file.ts";

const MEBIBYTE = 1024 * 1024;

test.each([
  [{ name: "plate.gcode.3mf", size: 1 }, "print", null],
  [{ name: "PLATE.STL", size: 100 * MEBIBYTE }, "print", null],
  [{ name: "front.webp", size: 10 * MEBIBYTE }, "picture", null],
  [{ name: "plate.step", size: 1 }, "print", "Choose a .3mf, .stl, .gcode or .gcode.3mf file."],
  [{ name: "plate.stl", size: 1 }, "picture", "Choose a picture: .png, .jpg or .webp."],
  [{ name: "plate.stl", size: 0 }, "print", "This file is empty."],
  [
    { name: "plate.stl", size: 150 * MEBIBYTE },
    "print",
    "This file is too large: 150 MiB, and 100 MiB at most.",
  ],
  [
    { name: "front.png", size: 11 * MEBIBYTE },
    "picture",
    "This file is too large: 11 MiB, and 10 MiB at most.",
  ],
] as const)("$0.name of $0.size bytes as a $1: $2", (file, kind, refusal) => {
  expect(refusalOfFile(file, kind)).toBe(refusal);
});

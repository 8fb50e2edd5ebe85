import * as fc from "fast-check";
import { expect, test } from "vitest";
import { ArchiveNames } from "./archive-names.ts";

test.each([
  ["benchy ü.3mf", "benchy ü.3mf"],
  ["../../etc/passwd", "_.._.._etc_passwd"],
  ["a:b*c?.gcode", "a_b_c_.gcode"],
  ["con.txt", "_con.txt"],
  ["name. ", "name"],
  ["...", "file"],
])("%j is unpacked as %j", (name, expected) => {
  expect(new ArchiveNames().take(name)).toBe(expected);
});

test("the same name, in any case, is given out with a number", () => {
  const names = new ArchiveNames();

  expect(["A.gcode.3mf", "a.gcode.3mf", "a.GCODE.3mf"].map((name) => names.take(name))).toEqual([
    "A.gcode.3mf",
    "a (2).gcode.3mf",
    "a (3).GCODE.3mf",
  ]);
});

test("no two files get one name, and none leaves its folder", () => {
  fc.assert(
    fc.property(fc.array(fc.string({ maxLength: 8 }), { maxLength: 30 }), (given) => {
      const names = new ArchiveNames();

      const taken = given.map((name) => names.take(name));

      expect(new Set(taken.map((name) => name.toLowerCase())).size).toBe(given.length);
      for (const name of taken) expect(name).not.toMatch(/[/\\]|^\.{1,2}$|^$/u);
    }),
  );
});

import { expect, test } from "vitest";
import { disposition, fileName } from "./file-name.ts";

test.each([
  ["benchy.3mf", "benchy.3mf"],
  ["../../etc/passwd", "passwd"],
  ["C:\\prints\\benchy.stl", "benchy.stl"],
  ["  Größe 0,2 mm.gcode ", "Größe 0,2 mm.gcode"],
  ["two\r\nlines: yes.stl", "twolines: yes.stl"],
  ["half a pair \uD83D.stl", "half a pair \uFFFD.stl"],
])("a file sent as %j is called %j", (given, name) => {
  expect(fileName(given)).toBe(name);
});

test.each([null, "", " ", "..", "models/", "\u0000", "x".repeat(201)])(
  "%j is no name for a file",
  (given) => {
    expect(fileName(given)).toBeNull();
  },
);

test("a download's name can't end its header or begin another", () => {
  const header = disposition("attachment", 'bad"; filename="evil.exe\\%.stl');

  expect(header).toBe(
    `attachment; filename="bad_; filename=_evil.exe__.stl"; filename*=UTF-8''bad%22%3B%20filename%3D%22evil.exe%5C%25.stl`,
  );
});

test("a download keeps a name beyond ASCII", () => {
  expect(disposition("attachment", "Größe 😀 (1).stl")).toBe(
    `attachment; filename="Gr__e _ (1).stl"; filename*=UTF-8''Gr%C3%B6%C3%9Fe%20%F0%9F%98%80%20%281%29.stl`,
  );
});

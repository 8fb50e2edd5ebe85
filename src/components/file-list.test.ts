import { expect, test } from "vitest";
import { sizeText } from "./file-list.tsx";

test.each([
  [0, "0 B"],
  [1, "1 B"],
  [1023, "1,023 B"],
  [1024, "1 KiB"],
  [1536, "1.5 KiB"],
  [25 * 1024 ** 2, "25 MiB"],
  [3 * 1024 ** 3, "3,072 MiB"],
])("%d bytes are written as %s", (bytes, text) => {
  expect(sizeText(bytes)).toBe(text);
});

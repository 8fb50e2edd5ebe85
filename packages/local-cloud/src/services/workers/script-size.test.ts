import { randomBytes } from "node:crypto";
import { expect, test } from "vitest";
import { Refusal } from "../../http/refusal.ts";
import { checkUpload } from "./limits.ts";
import type { Upload } from "./upload.ts";

const MIB = 1024 * 1024;
const uploadOf = (bytes: Buffer, type: "esm" | "sourcemap" = "esm") =>
  ({ metadata: {}, modules: [{ name: "index.js", type, bytes }] }) as unknown as Upload;

/** What the upload is refused with. */
function refusal(bytes: Buffer, type?: "sourcemap"): unknown {
  try {
    checkUpload(uploadOf(bytes, type));
    return undefined;
  } catch (error) {
    return error instanceof Refusal ? error.errors : error;
  }
}

test("a script of more than 10 MiB when compressed, or 64 MiB before, is refused", () => {
  const [compressed, plain] = [refusal(randomBytes(11 * MIB)), refusal(Buffer.alloc(65 * MIB))];

  expect(compressed).toEqual([{ code: 10_027, message: "Your Worker exceeded the size limit of 10 MiB." }]);
  expect(plain).toEqual([
    { code: 10_027, message: "Your Worker exceeded the size limit of 64 MiB before compression." },
  ]);
});

test("a script that compresses well may be larger, and its source map counts for nothing", () => {
  expect(refusal(Buffer.alloc(11 * MIB, "x"))).toBeUndefined();
  expect(refusal(randomBytes(11 * MIB), "sourcemap")).toBeUndefined();
});

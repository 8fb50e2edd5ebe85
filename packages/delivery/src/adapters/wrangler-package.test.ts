import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { wranglerBin, wranglerVersion } from "./wrangler-package.ts";

test("A project without wrangler is told how to get it", () => {
  const root = mkdtempSync(join(tmpdir(), "no-wrangler-"));
  const refusal = {
    code: "CONFIGURATION",
    message: "The project has no wrangler.",
    hint: "npm i -D wrangler",
  };

  expect(() => wranglerVersion(root)).toThrow(expect.objectContaining(refusal));
  expect(() => wranglerBin(root)).toThrow(expect.objectContaining(refusal));
});

test("A project's own wrangler is found", () => {
  expect(wranglerVersion(import.meta.dirname)).toMatch(/^\d+\.\d+\.\d+/u);
});

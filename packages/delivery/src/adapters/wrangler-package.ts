import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { DeliveryError } from "../errors.ts";

/** The project's own wrangler, unmodified: its program. @throws {DeliveryError} CONFIGURATION where there is none */
export function wranglerBin(root: string): string {
  return join(dirname(wranglerManifest(root)), "bin", "wrangler.js");
}

/** @throws {DeliveryError} CONFIGURATION where there is none */
export function wranglerVersion(root: string): string {
  return (JSON.parse(readFileSync(wranglerManifest(root), "utf8")) as { version: string }).version;
}

function wranglerManifest(root: string): string {
  try {
    return createRequire(join(root, "package.json")).resolve("wrangler/package.json");
  } catch (error) {
    throw new DeliveryError({
      code: "CONFIGURATION",
      message: "The project has no wrangler.",
      hint: "npm i -D wrangler",
      cause: error,
    });
  }
}

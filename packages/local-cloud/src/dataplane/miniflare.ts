import { join } from "node:path";
import { mkdirSync } from "node:fs";
import process from "node:process";
import { Miniflare, type MiniflareOptions } from "miniflare";
import type { Folders } from "./runtime-options.ts";

/**
 * miniflare, with its temporary files among what belongs to this run: they would stay for ever when this process is killed,
 * and the next start clears the run's folder. miniflare asks for the place once, while it is made.
 */
export function createMiniflare(folders: Folders, options: MiniflareOptions): Miniflare {
  const usual = process.env["TMPDIR"];
  const own = join(folders.run, "tmp");
  mkdirSync(own, { recursive: true });
  process.env["TMPDIR"] = own;
  try {
    return new Miniflare(options);
  } finally {
    if (usual === undefined) delete process.env["TMPDIR"];
    else process.env["TMPDIR"] = usual;
  }
}

import { gzipSync } from "node:zlib";
import { unpackArchive } from "../release/archive.ts";
import type { Release } from "../release/release.ts";

/**
 * Size of a release's modules, compressed one by one, in bytes: what Cloudflare limits, within a percent.
 * @see https://developers.cloudflare.com/workers/platform/limits/#worker-size
 */
export async function bundleBytes({ archive, manifest }: Release): Promise<number> {
  const modules = new Set(manifest.modules.map(({ path }) => path));
  const files = await unpackArchive(archive);
  return files
    .filter(({ path }) => modules.has(path))
    .reduce((sum, { bytes }) => sum + gzipSync(bytes).byteLength, 0);
}

import { copyFileSync, linkSync, mkdirSync, writeFileSync } from "node:fs";
import { dirname, join, resolve, sep } from "node:path";
import { systemErrorCode } from "../errors.ts";
import type { VersionDocument } from "../services/workers/model.ts";

/**
 * Lays out a version's assets as a folder, the form in which the runtime's asset Worker takes them: files linked from
 * the blobs, and the rules of `_headers` and `_redirects` beside them.
 */
export function layOutAssets(
  folder: string,
  assets: NonNullable<VersionDocument["assets"]>,
  blobOf: (hash: string) => string,
): void {
  mkdirSync(folder, { recursive: true });
  for (const [path, { hash }] of Object.entries(assets.manifest)) {
    const target = resolve(folder, `.${path}`);
    if (!target.startsWith(`${resolve(folder)}${sep}`))
      throw new Error(`asset path ${path} leaves its folder`);
    mkdirSync(dirname(target), { recursive: true });
    linkOrCopy(blobOf(hash), target);
  }
  const { _headers: headers, _redirects: redirects } = assets.config;
  if (headers !== undefined) writeFileSync(join(folder, "_headers"), headers);
  if (redirects !== undefined) writeFileSync(join(folder, "_redirects"), redirects);
}

/** Some file systems have no hard links, or too few of them. */
function linkOrCopy(source: string, target: string): void {
  try {
    linkSync(source, target);
  } catch (error) {
    if (systemErrorCode(error) === "EEXIST") return;
    copyFileSync(source, target);
  }
}

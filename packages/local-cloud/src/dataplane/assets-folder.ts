import { createHash } from "node:crypto";
import { copyFile, link, mkdir, stat, writeFile } from "node:fs/promises";
import { dirname, join, resolve, sep } from "node:path";
import { systemErrorCode } from "../errors.ts";
import type { VersionDocument } from "../services/workers/model.ts";

/** The runtime's ETag of an asset → the hash of its content, as the client computed it and Cloudflare shows it. */
export type AssetEtags = ReadonlyMap<string, string>;

/** How many files are laid out at once: the edge must not wait for ten thousand. */
const AT_ONCE = 64;

/**
 * Lays out a version's assets as a folder, the form in which the runtime's asset Worker takes them: files linked from
 * the blobs, and the rules of `_headers` and `_redirects` beside them.
 */
export async function layOutAssets(
  folder: string,
  assets: NonNullable<VersionDocument["assets"]>,
  blobOf: (hash: string) => string,
): Promise<AssetEtags> {
  const files = Object.entries(assets.manifest).map(([path, { hash }]) => ({
    hash,
    target: inside(folder, path),
  }));
  await mkdir(folder, { recursive: true });
  for (const parent of new Set(files.map(({ target }) => dirname(target))))
    await mkdir(parent, { recursive: true });
  const etags = new Map<string, string>();
  for (let index = 0; index < files.length; index += AT_ONCE) {
    const lay = async ({ hash, target }: (typeof files)[number]) => {
      await linkOrCopy(blobOf(hash), target);
      etags.set(await runtimeEtag(target), hash);
    };
    await Promise.all(files.slice(index, index + AT_ONCE).map(lay));
  }
  const { _headers: headers, _redirects: redirects } = assets.config;
  if (headers !== undefined) await writeFile(join(folder, "_headers"), headers);
  if (redirects !== undefined) await writeFile(join(folder, "_redirects"), redirects);
  return etags;
}

function inside(folder: string, path: string): string {
  const target = resolve(folder, `.${path}`);
  if (!target.startsWith(`${resolve(folder)}${sep}`)) throw new Error(`asset path ${path} leaves its folder`);
  return target;
}

/** What the runtime takes for the content: the file's name and time. @see `walk` and `hashPath` in miniflare's source */
async function runtimeEtag(file: string): Promise<string> {
  const { mtimeMs } = await stat(file);
  return createHash("sha256").update(`${file}${mtimeMs}`).digest("hex").slice(0, 32);
}

/** Some file systems have no hard links, or too few of them. */
async function linkOrCopy(source: string, target: string): Promise<void> {
  try {
    await link(source, target);
  } catch (error) {
    if (systemErrorCode(error) === "EEXIST") return;
    await copyFile(source, target);
  }
}

import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Settings } from "../config/load.ts";
import { DeliveryError } from "../errors.ts";
import type { Platform } from "../ports.ts";
import { parseManifest, verifiedRelease, type Release } from "../release/release.ts";

/** Releases in this machine's cache and in the bucket. Both hold an archive under its digest, and never change one. */
export interface ReleaseStore {
  readLocal(releaseId: string): Release | undefined;
  writeLocal(release: Release): void;
  /** From the cache, otherwise from the bucket. @throws {DeliveryError} RELEASE_UNKNOWN, RELEASE_DAMAGED */
  fetch(releaseId: string): Promise<Release>;
  /** Puts the release into the bucket unless it is there. @throws {DeliveryError} RELEASE_CONFLICT for another digest under the same id. */
  publish(release: Release): Promise<void>;
}

export function createReleaseStore(settings: Settings, platform: () => Platform): ReleaseStore {
  const folder = join(settings.cacheDir, "releases");
  const { bucket } = settings.configuration.releases;
  const folders = [folder, ...(settings.builtReleasesDir === undefined ? [] : [settings.builtReleasesDir])];
  const readLocal = (releaseId: string) => readFirst(folders, releaseId);
  const writeLocal = (release: Release) => {
    for (const each of folders) writeFiles(each, release);
  };
  return {
    readLocal,
    writeLocal,
    fetch: async (releaseId) => {
      const local = readLocal(releaseId);
      if (local) return local;
      const manifest = await platform().readObject(bucket, manifestKey(releaseId));
      if (manifest === undefined) throw unknown(releaseId);
      const digest = parseManifest(manifest.toString("utf8")).archive.sha256;
      const archive = await platform().readObject(bucket, archiveKey(digest));
      if (archive === undefined) throw unknown(releaseId);
      const text = manifest.toString("utf8");
      const billed = parseManifest(text).sbom?.sha256;
      const sbom = billed === undefined ? undefined : await platform().readObject(bucket, sbomKey(billed));
      const release = verifiedRelease({ manifest: text, archive, sbom });
      writeLocal(release);
      return release;
    },
    publish: async (release) => {
      const { releaseId, archive, sbom } = release.manifest;
      const published = await platform().readObject(bucket, manifestKey(releaseId));
      if (published !== undefined) {
        refuseOther(release, parseManifest(published.toString("utf8")).archive.sha256);
        return;
      }
      // The manifest comes last: where it is, its archive is too.
      await Promise.all([
        platform().writeObject(bucket, archiveKey(archive.sha256), release.archive),
        ...(sbom !== undefined && release.sbom !== undefined
          ? [platform().writeObject(bucket, sbomKey(sbom.sha256), release.sbom)]
          : []),
      ]);
      await platform().writeObject(
        bucket,
        manifestKey(releaseId),
        Buffer.from(JSON.stringify(release.manifest)),
      );
    },
  };
}

function manifestKey(releaseId: string): string {
  return `releases/${releaseId}.json`;
}

function archiveKey(digest: string): string {
  return `archives/${digest}.tar`;
}

function sbomKey(digest: string): string {
  return `sboms/${digest}.json`;
}

/** What is only in a shared folder is brought into the first one, where a workflow picks it up. */
function readFirst([own = "", ...shared]: readonly string[], releaseId: string): Release | undefined {
  const found = readFiles(own, releaseId);
  if (found) return found;
  const elsewhere = shared
    .map((folder) => readFiles(folder, releaseId))
    .find((release) => release !== undefined);
  if (elsewhere) writeFiles(own, elsewhere);
  return elsewhere;
}

function readFiles(folder: string, releaseId: string): Release | undefined {
  const manifestFile = join(folder, `${releaseId}.json`);
  if (!existsSync(manifestFile)) return undefined;
  const manifest = readFileSync(manifestFile, "utf8");
  const archiveFile = join(folder, `${releaseId}.tar`);
  if (!existsSync(archiveFile)) return undefined;
  const sbomFile = join(folder, `${releaseId}.sbom.json`);
  const sbom = existsSync(sbomFile) ? readFileSync(sbomFile) : undefined;
  return verifiedRelease({ manifest, archive: readFileSync(archiveFile), sbom });
}

function writeFiles(folder: string, { manifest, archive, sbom }: Release): void {
  mkdirSync(folder, { recursive: true });
  for (const [name, content] of [
    [`${manifest.releaseId}.tar`, archive],
    ...(sbom === undefined ? [] : ([[`${manifest.releaseId}.sbom.json`, sbom]] as const)),
    [`${manifest.releaseId}.json`, `${JSON.stringify(manifest, null, 2)}\n`],
  ] as const) {
    const unfinished = join(folder, `.${name}.${process.pid}.tmp`);
    writeFileSync(unfinished, content);
    renameSync(unfinished, join(folder, name));
  }
}

function refuseOther({ manifest }: Release, published: string): void {
  if (published === manifest.archive.sha256) return;
  throw new DeliveryError({
    code: "RELEASE_CONFLICT",
    message: `The bucket has other bytes under ${manifest.releaseId}: ${published.slice(0, 12)}…, not ${manifest.archive.sha256.slice(0, 12)}….`,
    hint: "The same commit was built differently elsewhere. Deliver the published one (--release ID), or commit and build anew.",
  });
}

function unknown(releaseId: string): DeliveryError {
  return new DeliveryError({
    code: "RELEASE_UNKNOWN",
    message: `There is no release ${releaseId}, here or in the bucket.`,
    hint: "Build it: npx delivery release build",
  });
}

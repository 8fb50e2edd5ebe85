import { DeliveryError } from "../errors.ts";
import { sha256 } from "./archive.ts";
import { manifestSchema, type ReleaseManifest } from "./manifest.ts";

/** A manifest with the archive that it describes. */
export interface Release {
  readonly manifest: ReleaseManifest;
  readonly archive: Buffer;
}

/**
 * Puts manifest and archive together.
 * @throws {DeliveryError} RELEASE_DAMAGED when the archive isn't the one that the manifest describes, or the manifest is none.
 */
export function verifiedRelease(manifestText: string, archive: Buffer): Release {
  const manifest = parseManifest(manifestText);
  const digest = sha256(archive);
  if (digest === manifest.archive.sha256) return { manifest, archive };
  throw new DeliveryError({
    code: "RELEASE_DAMAGED",
    message: `The archive of ${manifest.releaseId} has the digest ${digest.slice(0, 12)}…, its manifest says ${manifest.archive.sha256.slice(0, 12)}….`,
    hint: "Delete the local copy so that it is fetched again: rm -r .delivery/releases",
  });
}

/** @throws {DeliveryError} RELEASE_DAMAGED */
export function parseManifest(text: string): ReleaseManifest {
  try {
    return manifestSchema.parse(JSON.parse(text));
  } catch (error) {
    throw new DeliveryError({
      code: "RELEASE_DAMAGED",
      message: "A release's manifest can't be read.",
      hint: "Build the release again: npx delivery release build",
      cause: error,
    });
  }
}

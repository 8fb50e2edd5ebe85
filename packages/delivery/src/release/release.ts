import { DeliveryError } from "../errors.ts";
import { sha256 } from "./archive.ts";
import { manifestSchema, type ReleaseManifest } from "./manifest.ts";

/** A manifest with the archive that it describes. */
export interface Release {
  readonly manifest: ReleaseManifest;
  readonly archive: Buffer;
  /** The bill of materials; releases of an earlier delivery have none. */
  readonly sbom?: Buffer;
}

/** The parts of a release as they were found. */
export interface ReleaseParts {
  readonly manifest: string;
  readonly archive: Buffer;
  readonly sbom: Buffer | undefined;
}

/**
 * Puts manifest, archive and bill of materials together.
 * @throws {DeliveryError} RELEASE_DAMAGED when a part isn't the one that the manifest describes, or the manifest is none.
 */
export function verifiedRelease({ manifest: text, archive, sbom }: ReleaseParts): Release {
  const manifest = parseManifest(text);
  refuseOther(manifest, { what: "archive", bytes: archive, expected: manifest.archive.sha256 });
  if (manifest.sbom === undefined) return { manifest, archive };
  const bytes = sbom ?? Buffer.alloc(0);
  refuseOther(manifest, { what: "bill of materials", bytes, expected: manifest.sbom.sha256 });
  return { manifest, archive, sbom: bytes };
}

function refuseOther(
  { releaseId }: ReleaseManifest,
  { what, bytes, expected }: { readonly what: string; readonly bytes: Buffer; readonly expected: string },
): void {
  const digest = sha256(bytes);
  if (digest === expected) return;
  throw new DeliveryError({
    code: "RELEASE_DAMAGED",
    message: `The ${what} of ${releaseId} has the digest ${digest.slice(0, 12)}…, its manifest says ${expected.slice(0, 12)}….`,
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

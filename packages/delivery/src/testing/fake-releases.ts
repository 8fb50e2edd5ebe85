import type { ReleaseStore } from "../adapters/releases.ts";
import { DeliveryError } from "../errors.ts";
import type { ReleaseId } from "../ids.ts";
import { sha256 } from "../release/archive.ts";
import type { Release } from "../release/release.ts";

/** A release of day `day` of January 2026; its bytes are its own. */
export function fakeRelease(day: number): Release {
  const digit = day.toString(16).at(-1) ?? "0";
  const releaseId = `r-202601${String(day).padStart(2, "0")}T000000Z-${digit.repeat(7)}` as ReleaseId;
  const archive = Buffer.from(`archive of ${releaseId}`);
  return {
    archive,
    manifest: {
      schema: 1,
      releaseId,
      commit: digit.repeat(40),
      dirty: false,
      archive: { sha256: sha256(archive), sizeBytes: archive.byteLength },
      modules: [],
      assets: [],
      compatibilityDate: "2026-01-01",
      migrations: [],
      requiredSecrets: [],
      health: { path: "/health" },
      builtBy: { node: "24", wrangler: "4" },
    },
  };
}

/** Releases of days 1 to 28; all of them are there from the start. */
export function createFakeReleases(): ReleaseStore {
  const releases = Array.from({ length: 28 }, (_, index) => fakeRelease(index + 1));
  const find = (id: string) => releases.find(({ manifest }) => manifest.releaseId === id);
  return {
    readLocal: find,
    writeLocal: () => undefined,
    fetch: async (id) => {
      const found = find(id);
      if (found) return found;
      throw new DeliveryError({ code: "RELEASE_UNKNOWN", message: `There is no ${id}.`, hint: "Build it." });
    },
    publish: async () => undefined,
  };
}

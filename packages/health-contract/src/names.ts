/** Response header with the id of the Worker version that answered. On every answer but static assets. */
export const VERSION_HEADER = "x-worker-version";

/** Response header with the id of the release that answered, as the version's tag says it. A label, not a proof. */
export const RELEASE_HEADER = "x-release";

/** Name of the version-metadata binding from which the Worker learns its own version id and tag. */
export const VERSION_METADATA_BINDING = "CF_VERSION_METADATA";

/** The version tag, and so the release, of a Worker that was not uploaded as a release. */
export const NO_RELEASE = "unreleased";

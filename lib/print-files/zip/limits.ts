/** A project of 36 plates has about 400 entries. */
export const ENTRIES_LIMIT = 5000;
export const DIRECTORY_LIMIT_BYTES = 2 * 1024 * 1024;

/** Settings are read whole; the largest projects have about 1 MiB of them. */
export const ENTRY_LIMIT_BYTES = 8 * 1024 * 1024;

/**
 * Deflate makes 1032 bytes of one at most. G-code and meshes become 4 to 30 times smaller; what becomes smaller than
 * this, and is large, was made to fill a disk.
 */
export const RATIO_LIMIT = 200;
export const RATIO_COUNTS_FROM_BYTES = 4 * 1024 * 1024;

/** All entries together, unpacked. */
export const UNPACKED_LIMIT_BYTES = 8 * 1024 ** 3;

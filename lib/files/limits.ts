import type { FileKind } from "../../generated/prisma/enums.ts";

const MEBIBYTE = 1024 * 1024;

/**
 * Of every part but the last. R2 takes 5 MiB and more, and all of one size.
 * @see https://developers.cloudflare.com/r2/objects/multipart-objects/
 */
export const PART_BYTES = 8 * MEBIBYTE;

export const SIZE_LIMITS_BYTES: Readonly<Record<FileKind, number>> = {
  print: 100 * MEBIBYTE,
  picture: 10 * MEBIBYTE,
  other: 0,
};

/** Of one account. Unfinished uploads count with the size that they say. */
export const QUOTA = { files: 20_000, bytes: 20 * 1024 * MEBIBYTE, unfinished: 20 };

/** Since it was begun. R2 gives uploads up by itself after 7 days, so that ours end first. */
export const UPLOAD_LASTS_MS = 3 * 24 * 3600 * 1000;

/** A file that is being looked at for longer has lost whoever looked: an isolate may end at any time. */
export const LOOKING_LASTS_MS = 60_000;

/** @see https://developers.cloudflare.com/r2/api/workers/workers-api-reference/ 1000 keys in one call to delete */
export const DELETED_AT_ONCE = 1000;

/** How large each part is to be, by its number from 1. */
export function partSize(fileBytes: number, number: number): number {
  return Math.min(PART_BYTES, fileBytes - (number - 1) * PART_BYTES);
}

export function partCount(fileBytes: number): number {
  return Math.ceil(fileBytes / PART_BYTES);
}

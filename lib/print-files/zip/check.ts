import { PrintFileError } from "../problem.ts";
import type { ZipEntry } from "./directory.ts";
import { RATIO_COUNTS_FROM_BYTES, RATIO_LIMIT, UNPACKED_LIMIT_BYTES } from "./limits.ts";

const LOCAL_HEADER_BYTES = 30;
const NAME_LIMIT = 1000;

/**
 * FM5 unpacks only what it reads itself, and nothing to a disk; the archive's owner may unpack all of it.
 * @throws PrintFileError when the archive looks made to do harm: names that lead out of a folder, entries that lie over
 * each other, or ones that become very much larger.
 */
export function checkEntries(
  entries: readonly ZipEntry[],
  { directoryOffset }: { readonly directoryOffset: number },
): void {
  if (entries.length === 0) throw new PrintFileError("malformed", "The archive is empty.");
  checkNames(entries);
  checkSizes(entries);
  checkPlaces(entries, directoryOffset);
}

function checkNames(entries: readonly ZipEntry[]): void {
  const names = new Set<string>();
  for (const { name } of entries) {
    if (!isPlainPath(name))
      throw new PrintFileError(
        "hostile",
        "The archive has an entry whose name leads out of its folder. Such files are not kept.",
      );
    if (names.has(name)) throw new PrintFileError("hostile", "The archive has two entries of the same name.");
    names.add(name);
  }
}

/** Relative, with `/`, and without steps upwards. */
function isPlainPath(name: string): boolean {
  // oxlint-disable-next-line no-control-regex -- they are what is looked for
  if (name === "" || name.length > NAME_LIMIT || /[\u0000-\u001F\\]|^\/|^[A-Za-z]:/u.test(name)) return false;
  return !name.split("/").includes("..");
}

function checkSizes(entries: readonly ZipEntry[]): void {
  const unpacked = entries.reduce((sum, { unpackedBytes }) => sum + unpackedBytes, 0);
  if (unpacked > UNPACKED_LIMIT_BYTES || entries.some(isBomb))
    throw new PrintFileError(
      "hostile",
      "The archive would become very much larger when it is unpacked. Such files are not kept.",
    );
}

function isBomb({ packedBytes, unpackedBytes }: ZipEntry): boolean {
  return unpackedBytes > RATIO_COUNTS_FROM_BYTES && unpackedBytes > packedBytes * RATIO_LIMIT;
}

function checkPlaces(entries: readonly ZipEntry[], directoryOffset: number): void {
  let free = 0;
  for (const { offset, packedBytes } of entries.toSorted((a, b) => a.offset - b.offset)) {
    if (offset < free) throw new PrintFileError("hostile", "The archive’s entries lie over each other.");
    free = offset + LOCAL_HEADER_BYTES + packedBytes;
  }
  if (free > directoryOffset)
    throw new PrintFileError("malformed", "The archive’s entries are longer than the archive.");
}

import { type ByteSource, readExactly, viewOf } from "../byte-source.ts";
import { PrintFileError } from "../problem.ts";
import { checkEntries } from "./check.ts";
import { DIRECTORY_LIMIT_BYTES, ENTRIES_LIMIT } from "./limits.ts";

/** @see https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT section 4.3 */
const END = { signature: 0x06_05_4b_50, size: 22, commentLimit: 65_535 };
const END_64_LOCATOR = { signature: 0x07_06_4b_50, size: 20 };
const END_64 = { signature: 0x06_06_4b_50, size: 56 };
const ENTRY = { signature: 0x02_01_4b_50, size: 46 };
const EXTRA_64 = 0x00_01;
const IN_EXTRA_32 = 0xff_ff_ff_ff;
const IN_EXTRA_16 = 0xff_ff;

export interface ZipEntry {
  readonly name: string;
  /** 0 stored, 8 deflated. */
  readonly method: number;
  readonly encrypted: boolean;
  readonly crc32: number;
  readonly packedBytes: number;
  readonly unpackedBytes: number;
  /** Of its local header in the file. */
  readonly offset: number;
}

export interface ZipDirectory {
  /** By name. */
  readonly entries: ReadonlyMap<string, ZipEntry>;
}

interface Place {
  readonly count: number;
  readonly sizeBytes: number;
  readonly offset: number;
}

/**
 * The list of what an archive holds, from its end, ZIP64 included: two or three reads, whatever the archive's size.
 * @throws PrintFileError when the list is broken, or the archive looks made to do harm.
 */
export async function readDirectory(source: ByteSource): Promise<ZipDirectory> {
  const place = await findDirectory(source);
  if (place.count > ENTRIES_LIMIT || place.sizeBytes > DIRECTORY_LIMIT_BYTES)
    throw new PrintFileError("hostile", `The archive has more than ${ENTRIES_LIMIT} entries.`);

  const entries = parseEntries(await readExactly(source, place.offset, place.sizeBytes), place.count);
  checkEntries(entries, { directoryOffset: place.offset });
  return { entries: new Map(entries.map((entry) => [entry.name, entry])) };
}

async function findDirectory(source: ByteSource): Promise<Place> {
  const length = Math.min(source.sizeBytes, END.size + END.commentLimit);
  const start = source.sizeBytes - length;
  const tail = viewOf(await readExactly(source, start, length));
  const at = positionOfEnd(tail);
  if (at === null)
    throw new PrintFileError(
      "truncated",
      "The end of the archive is missing. Please export the file again and upload that.",
    );
  const place = {
    count: tail.getUint16(at + 10, true),
    sizeBytes: tail.getUint32(at + 12, true),
    offset: tail.getUint32(at + 16, true),
  };
  const needs64 =
    place.count === IN_EXTRA_16 || place.sizeBytes === IN_EXTRA_32 || place.offset === IN_EXTRA_32;
  return needs64 ? findDirectory64(source, start + at) : place;
}

/** From the end, where a comment may follow; its length must fit, so that no comment passes for the end. */
function positionOfEnd(tail: DataView): number | null {
  for (let at = tail.byteLength - END.size; at >= 0; at--) {
    if (tail.getUint32(at, true) !== END.signature) continue;
    if (at + END.size + tail.getUint16(at + 20, true) === tail.byteLength) return at;
  }
  return null;
}

async function findDirectory64(source: ByteSource, endOffset: number): Promise<Place> {
  const locator = viewOf(await readExactly(source, endOffset - END_64_LOCATOR.size, END_64_LOCATOR.size));
  if (locator.getUint32(0, true) !== END_64_LOCATOR.signature) throw brokenDirectory();
  const end = viewOf(await readExactly(source, safeNumber(locator, 8), END_64.size));
  if (end.getUint32(0, true) !== END_64.signature) throw brokenDirectory();
  return { count: safeNumber(end, 32), sizeBytes: safeNumber(end, 40), offset: safeNumber(end, 48) };
}

function parseEntries(bytes: Uint8Array, count: number): readonly ZipEntry[] {
  const entries: ZipEntry[] = [];
  let at = 0;
  for (let index = 0; index < count; index++) {
    if (at + ENTRY.size > bytes.length) throw brokenDirectory();
    const view = viewOf(bytes.subarray(at));
    const [name, extra, comment] = [28, 30, 32].map((field) => view.getUint16(field, true));
    const length = ENTRY.size + (name ?? 0) + (extra ?? 0) + (comment ?? 0);
    if (view.getUint32(0, true) !== ENTRY.signature || at + length > bytes.length) throw brokenDirectory();
    entries.push(parseEntry(bytes.subarray(at, at + length)));
    at += length;
  }
  return entries;
}

function parseEntry(bytes: Uint8Array): ZipEntry {
  const view = viewOf(bytes);
  const nameEnd = ENTRY.size + view.getUint16(28, true);
  const extra = bytes.subarray(nameEnd, nameEnd + view.getUint16(30, true));
  const [unpackedBytes, packedBytes, offset] = wideNumbers(
    [view.getUint32(24, true), view.getUint32(20, true), view.getUint32(42, true)],
    extra,
  );
  return {
    name: entryName(bytes.subarray(ENTRY.size, nameEnd)),
    method: view.getUint16(10, true),
    encrypted: (view.getUint16(8, true) & 1) === 1,
    crc32: view.getUint32(16, true),
    packedBytes: packedBytes ?? 0,
    unpackedBytes: unpackedBytes ?? 0,
    offset: offset ?? 0,
  };
}

/** Slicers always write names in UTF-8 or ASCII. */
function entryName(bytes: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw new PrintFileError("malformed", "The archive has an entry whose name can’t be read.");
  }
}

/** Numbers that don't fit stand in the ZIP64 field, in the same order, and only those. */
function wideNumbers(numbers: readonly number[], extra: Uint8Array): readonly number[] {
  const wide = extraField(extra, EXTRA_64);
  let at = 0;
  return numbers.map((number) => {
    if (number !== IN_EXTRA_32) return number;
    if (wide === null || at + 8 > wide.byteLength) throw brokenDirectory();
    at += 8;
    return safeNumber(wide, at - 8);
  });
}

function extraField(extra: Uint8Array, wanted: number): DataView | null {
  const view = viewOf(extra);
  let at = 0;
  while (at + 4 <= extra.length) {
    const length = view.getUint16(at + 2, true);
    if (at + 4 + length > extra.length) return null;
    if (view.getUint16(at, true) === wanted) return viewOf(extra.subarray(at + 4, at + 4 + length));
    at += 4 + length;
  }
  return null;
}

function safeNumber(view: DataView, at: number): number {
  const number = view.getBigUint64(at, true);
  if (number > BigInt(Number.MAX_SAFE_INTEGER)) throw brokenDirectory();
  return Number(number);
}

function brokenDirectory(): PrintFileError {
  return new PrintFileError("malformed", "The archive’s list of entries is broken.");
}

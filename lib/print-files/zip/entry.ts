import { Inflate } from "fflate";
import { type ByteSource, readExactly, viewOf } from "../byte-source.ts";
import { PrintFileError } from "../problem.ts";
import { crc32 } from "./crc32.ts";
import type { ZipEntry } from "./directory.ts";
import { ENTRY_LIMIT_BYTES } from "./limits.ts";

const LOCAL_HEADER = { signature: 0x04_03_4b_50, size: 30 };
const STORED = 0;
const DEFLATED = 8;

/** Read at once; and given to the inflater at once, which makes 1032 bytes of one at most. */
const READ_BYTES = 64 * 1024;
const PUSH_BYTES = 2 * 1024;

/**
 * A whole entry, unpacked and checked against its checksum.
 * @throws PrintFileError when it is larger than settings can be, isn't what the archive says, or is encrypted.
 */
export async function readEntry(
  source: ByteSource,
  entry: ZipEntry,
  limitBytes = ENTRY_LIMIT_BYTES,
): Promise<Uint8Array> {
  if (entry.unpackedBytes > limitBytes)
    throw new PrintFileError("hostile", "The archive has settings that are larger than settings can be.");
  const bytes = await unpack(source, entry, entry.unpackedBytes);
  if (bytes.length !== entry.unpackedBytes || crc32(bytes) !== entry.crc32)
    throw new PrintFileError("malformed", "The archive is damaged: an entry’s checksum is wrong.");
  return bytes;
}

/**
 * The first bytes of an entry, unpacked; the rest isn't read.
 * @throws PrintFileError when it can't be unpacked so far.
 */
export async function readEntryStart(
  source: ByteSource,
  entry: ZipEntry,
  lengthBytes: number,
): Promise<Uint8Array> {
  return (await unpack(source, entry, Math.min(lengthBytes, entry.unpackedBytes))).subarray(0, lengthBytes);
}

/** At least `wantedBytes` where the entry has them, and at most a few pieces more, which tells that it is too long. */
async function unpack(source: ByteSource, entry: ZipEntry, wantedBytes: number): Promise<Uint8Array> {
  const offset = await contentOffset(source, entry);
  if (entry.encrypted) throw new PrintFileError("unsupported", "The archive is encrypted.");
  if (entry.method === STORED) return readExactly(source, offset, Math.min(wantedBytes, entry.packedBytes));
  if (entry.method !== DEFLATED)
    throw new PrintFileError("unsupported", "The archive is packed in a way that FM5 doesn’t know.");
  return inflate(source, { offset, lengthBytes: entry.packedBytes }, wantedBytes);
}

async function inflate(
  source: ByteSource,
  place: { readonly offset: number; readonly lengthBytes: number },
  wantedBytes: number,
): Promise<Uint8Array> {
  const pieces = new Pieces();
  for (let done = 0; done < place.lengthBytes && pieces.lengthBytes <= wantedBytes; done += READ_BYTES) {
    const length = Math.min(READ_BYTES, place.lengthBytes - done);
    const packed = await readExactly(source, place.offset + done, length);
    pieces.push(packed, { wantedBytes, isLast: done + length === place.lengthBytes });
  }
  return pieces.joined();
}

/** What an inflater has made so far. */
class Pieces {
  readonly #pieces: Uint8Array[] = [];
  readonly #inflater = new Inflate((piece) => this.#keep(piece));
  lengthBytes = 0;

  /** In small pieces, so that no more than a few is ever unpacked beyond what is wanted. */
  push(
    packed: Uint8Array,
    { wantedBytes, isLast }: { readonly wantedBytes: number; readonly isLast: boolean },
  ) {
    try {
      for (let at = 0; at < packed.length && this.lengthBytes <= wantedBytes; at += PUSH_BYTES)
        this.#inflater.push(packed.subarray(at, at + PUSH_BYTES), isLast && at + PUSH_BYTES >= packed.length);
    } catch {
      throw new PrintFileError("malformed", "The archive is damaged: an entry can’t be unpacked.");
    }
  }

  joined(): Uint8Array {
    const all = new Uint8Array(this.lengthBytes);
    let at = 0;
    for (const piece of this.#pieces) {
      all.set(piece, at);
      at += piece.length;
    }
    return all;
  }

  #keep(piece: Uint8Array): void {
    this.#pieces.push(piece);
    this.lengthBytes += piece.length;
  }
}

/** Behind the local header, whose extra field may be longer than the directory's. */
async function contentOffset(source: ByteSource, entry: ZipEntry): Promise<number> {
  const header = viewOf(await readExactly(source, entry.offset, LOCAL_HEADER.size));
  if (header.getUint32(0, true) !== LOCAL_HEADER.signature)
    throw new PrintFileError("malformed", "The archive’s list of entries is broken.");
  return entry.offset + LOCAL_HEADER.size + header.getUint16(26, true) + header.getUint16(28, true);
}

import { crc32 } from "node:zlib";

/** A file within an archive, whose bytes come when they are asked for. Less than 4 GiB. */
export interface ZipEntry {
  /** Path with `/` between its parts. */
  readonly name: string;
  readonly modifiedAt: Date;
  readonly content: () => AsyncIterable<Uint8Array>;
}

interface Written {
  readonly name: Uint8Array;
  readonly modifiedAt: Date;
  readonly checksum: number;
  readonly sizeBytes: number;
  readonly packedBytes: number;
  readonly offset: number;
}

/** Sizes and checksum follow the content; the name is UTF-8. */
const FLAGS = 0x0808;
const DEFLATED = 8;
/** What understands ZIP64. */
const VERSION = 45;
const FOUR_GIB = 0xff_ff_ff_ff;
/** Of a block that is stored as it is. @see https://www.rfc-editor.org/rfc/rfc1951#section-3.2.4 */
const BLOCK_BYTES = 0xff_ff;
const LAST_BLOCK = Uint8Array.of(1, 0, 0, 0xff, 0xff);

/**
 * An archive of any size, a piece at a time: neither a file nor the list of them is held in memory. Contents aren't
 * compressed, but in deflate's blocks for that, so that a reader which can't seek knows where each of them ends.
 * @see https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT
 */
export async function* zipOf(entries: AsyncIterable<ZipEntry>): AsyncGenerator<Uint8Array, void> {
  const written: Written[] = [];
  let offset = 0;
  for await (const { name, modifiedAt, content } of entries) {
    const entry = { name: new TextEncoder().encode(name), modifiedAt, offset };
    const head = localHeader(entry);
    yield head;

    const totals = { checksum: 0, sizeBytes: 0, packedBytes: 0 };
    for await (const piece of content()) {
      totals.checksum = crc32(piece, totals.checksum);
      totals.sizeBytes += piece.length;
      for (const part of storedBlocks(piece)) {
        totals.packedBytes += part.length;
        yield part;
      }
    }
    yield LAST_BLOCK;
    totals.packedBytes += LAST_BLOCK.length;
    const descriptor = fields([4, 0x08_07_4b_50], ...sizesOf(totals));
    yield descriptor;
    offset += head.length + totals.packedBytes + descriptor.length;
    written.push({ ...entry, ...totals });
  }
  yield* directory(written, offset);
}

/** What a block of deflate's needs before bytes that aren't compressed, and the bytes. */
function* storedBlocks(piece: Uint8Array): Generator<Uint8Array, void> {
  for (let start = 0; start < piece.length; start += BLOCK_BYTES) {
    const block = piece.subarray(start, start + BLOCK_BYTES);
    yield fields([1, 0], [2, block.length], [2, 0xff_ff - block.length]);
    yield block;
  }
}

function localHeader({ name, modifiedAt }: Pick<Written, "name" | "modifiedAt">): Uint8Array {
  const sizes = sizesOf({ checksum: 0, packedBytes: 0, sizeBytes: 0 });
  return joined([
    fields([4, 0x04_03_4b_50], [2, VERSION], ...common(modifiedAt), ...sizes, [2, name.length], [2, 0]),
    name,
  ]);
}

function* directory(written: readonly Written[], start: number): Generator<Uint8Array, void> {
  let sizeBytes = 0;
  for (const entry of written) {
    const record = directoryRecord(entry);
    sizeBytes += record.length;
    yield record;
  }
  const count = written.length;
  const end = start + sizeBytes;
  yield fields(
    [4, 0x06_06_4b_50],
    [8, 44],
    [2, VERSION],
    [2, VERSION],
    [4, 0],
    [4, 0],
    [8, count],
    [8, count],
    [8, sizeBytes],
    [8, start],
  );
  yield fields([4, 0x07_06_4b_50], [4, 0], [8, end], [4, 1]);
  const few = Math.min(count, 0xff_ff);
  yield fields(
    [4, 0x06_05_4b_50],
    [2, 0],
    [2, 0],
    [2, few],
    [2, few],
    [4, Math.min(sizeBytes, FOUR_GIB)],
    [4, Math.min(start, FOUR_GIB)],
    [2, 0],
  );
}

/** An offset that 32 bits don't hold stands in a field of its own. */
function directoryRecord(entry: Written): Uint8Array {
  const isFar = entry.offset >= FOUR_GIB;
  const extra = isFar ? fields([2, 1], [2, 8], [8, entry.offset]) : new Uint8Array();
  return joined([
    fields(
      [4, 0x02_01_4b_50],
      [2, VERSION],
      [2, VERSION],
      ...common(entry.modifiedAt),
      ...sizesOf(entry),
      [2, entry.name.length],
      [2, extra.length],
      [2, 0],
      [2, 0],
      [2, 0],
      [4, 0],
      [4, isFar ? FOUR_GIB : entry.offset],
    ),
    entry.name,
    extra,
  ]);
}

type Field = readonly [bytes: 1 | 2 | 4 | 8, value: number];

function common(modifiedAt: Date): readonly Field[] {
  const date = ((modifiedAt.getUTCFullYear() - 1980) << 9) | ((modifiedAt.getUTCMonth() + 1) << 5);
  const time = (modifiedAt.getUTCHours() << 11) | (modifiedAt.getUTCMinutes() << 5);
  return [
    [2, FLAGS],
    [2, DEFLATED],
    [2, time | (modifiedAt.getUTCSeconds() >> 1)],
    [2, date | modifiedAt.getUTCDate()],
  ];
}

function sizesOf(entry: Pick<Written, "checksum" | "packedBytes" | "sizeBytes">): readonly Field[] {
  return [
    [4, entry.checksum],
    [4, entry.packedBytes],
    [4, entry.sizeBytes],
  ];
}

function fields(...all: readonly Field[]): Uint8Array {
  const bytes = new Uint8Array(all.reduce((sum, [length]) => sum + length, 0));
  const view = new DataView(bytes.buffer);
  let at = 0;
  for (const [length, value] of all) {
    if (length === 8) view.setBigUint64(at, BigInt(value), true);
    else if (length === 4) view.setUint32(at, value, true);
    else if (length === 2) view.setUint16(at, value, true);
    else view.setUint8(at, value);
    at += length;
  }
  return bytes;
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

import { deflateSync } from "fflate";
import { crc32 } from "../zip/crc32.ts";

/** An entry of an archive; what isn't told is as an honest writer would have it. */
export interface EntryPlan {
  readonly name: string;
  readonly content: string | Uint8Array;
  readonly stored?: boolean;
  /** What the directory says instead of the truth. */
  readonly says?: Partial<EntryNumbers>;
}

interface EntryNumbers {
  readonly method: number;
  readonly flags: number;
  readonly crc32: number;
  readonly packedBytes: number;
  readonly unpackedBytes: number;
  readonly offset: number;
}

export interface ArchivePlan {
  /** As PrusaSlicer writes every archive, whatever its size. */
  readonly zip64?: boolean;
  readonly comment?: string;
}

/** A ZIP archive, good or as bad as the plan has it. */
export function zipOf(
  entries: readonly EntryPlan[],
  { zip64 = false, comment = "" }: ArchivePlan = {},
): Uint8Array {
  const locals: Uint8Array[] = [];
  const directory: Uint8Array[] = [];
  let offset = 0;
  for (const entry of entries) {
    const local = localPart(entry);
    locals.push(local.bytes);
    directory.push(directoryPart(entry.name, { ...local.numbers, offset, ...entry.says }, zip64));
    offset += local.bytes.length;
  }
  const listed = joined(directory);
  const end = endPart({ count: entries.length, sizeBytes: listed.length, offset }, zip64, comment);
  return joined([...locals, listed, end]);
}

export function bytesOf(content: string | Uint8Array): Uint8Array {
  return typeof content === "string" ? new TextEncoder().encode(content) : content;
}

export function joined(parts: readonly Uint8Array[]): Uint8Array {
  const all = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

function localPart({ name, content, stored = false }: EntryPlan) {
  const bytes = bytesOf(content);
  const packed = stored ? bytes : deflateSync(bytes);
  const numbers = {
    method: stored ? 0 : 8,
    flags: 0,
    crc32: crc32(bytes),
    packedBytes: packed.length,
    unpackedBytes: bytes.length,
    offset: 0,
  };
  const header = little([
    [4, 0x04034b50],
    [2, 20],
    [2, 0],
    [2, numbers.method],
    [4, 0],
    [4, numbers.crc32],
    [4, numbers.packedBytes],
    [4, numbers.unpackedBytes],
    [2, bytesOf(name).length],
    [2, 0],
  ]);
  return { bytes: joined([header, bytesOf(name), packed]), numbers };
}

function directoryPart(name: string, numbers: EntryNumbers, zip64: boolean): Uint8Array {
  const wide = [numbers.unpackedBytes, numbers.packedBytes, numbers.offset];
  const extra = zip64
    ? little([[2, 1], [2, 24], ...wide.map((value): Field => [8, value])])
    : new Uint8Array();
  const [unpacked, packed, offset] = zip64 ? [0xffffffff, 0xffffffff, 0xffffffff] : wide;
  return joined([
    little([
      [4, 0x02014b50],
      [2, 20],
      [2, 20],
      [2, numbers.flags],
      [2, numbers.method],
      [4, 0],
      [4, numbers.crc32],
      [4, packed ?? 0],
      [4, unpacked ?? 0],
      [2, bytesOf(name).length],
      [2, extra.length],
      [2, 0],
      [2, 0],
      [2, 0],
      [4, 0],
      [4, offset ?? 0],
    ]),
    bytesOf(name),
    extra,
  ]);
}

interface DirectoryPlace {
  readonly count: number;
  readonly sizeBytes: number;
  readonly offset: number;
}

function endPart({ count, sizeBytes, offset }: DirectoryPlace, zip64: boolean, comment: string): Uint8Array {
  const fields = (value: number, wide: number) => (zip64 ? wide : value);
  const end = little([
    [4, 0x06054b50],
    [2, 0],
    [2, 0],
    [2, fields(count, 0xffff)],
    [2, fields(count, 0xffff)],
    [4, fields(sizeBytes, 0xffffffff)],
    [4, fields(offset, 0xffffffff)],
    [2, bytesOf(comment).length],
  ]);
  if (!zip64) return joined([end, bytesOf(comment)]);
  const end64 = little([
    [4, 0x06064b50],
    [8, 44],
    [2, 45],
    [2, 45],
    [4, 0],
    [4, 0],
    [8, count],
    [8, count],
    [8, sizeBytes],
    [8, offset],
  ]);
  const locator = little([
    [4, 0x07064b50],
    [4, 0],
    [8, offset + sizeBytes],
    [4, 1],
  ]);
  return joined([end64, locator, end, bytesOf(comment)]);
}

type Field = readonly [size: 2 | 4 | 8, value: number];

function little(fields: readonly Field[]): Uint8Array {
  const bytes = new Uint8Array(fields.reduce((sum, [size]) => sum + size, 0));
  const view = new DataView(bytes.buffer);
  let at = 0;
  for (const [size, value] of fields) {
    if (size === 2) view.setUint16(at, value, true);
    else if (size === 4) view.setUint32(at, value >>> 0, true);
    else view.setBigUint64(at, BigInt(value), true);
    at += size;
  }
  return bytes;
}

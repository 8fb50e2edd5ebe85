import { PrintFileError } from "./problem.ts";

/** A file that is read in pieces, wherever it lies. */
export interface ByteSource {
  readonly sizeBytes: number;
  /** The bytes from `offset`; fewer than `length` only where the file ends. */
  readonly read: (offset: number, length: number) => Promise<Uint8Array>;
}

/** @throws PrintFileError `truncated` where the file ends too soon. */
export async function readExactly(source: ByteSource, offset: number, length: number): Promise<Uint8Array> {
  if (offset < 0 || offset + length > source.sizeBytes) throw cutShort();
  const bytes = await source.read(offset, length);
  if (bytes.length < length) throw cutShort();
  return bytes;
}

/** A window onto bytes that are in memory already. */
export function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

export function bytesSource(bytes: Uint8Array): ByteSource {
  return {
    sizeBytes: bytes.length,
    read: (offset, length) => Promise.resolve(bytes.subarray(offset, offset + length)),
  };
}

function cutShort(): PrintFileError {
  return new PrintFileError("truncated", "The file is cut short. Please export it again and upload that.");
}

import type { ByteSource } from "../print-files/byte-source.ts";
import type { FileStorage } from "../storage/file-storage.ts";

/** Smaller than this is read at once, since entries of an archive often lie beside each other. */
const BLOCK_BYTES = 64 * 1024;

interface Block {
  readonly offset: number;
  readonly bytes: Uint8Array;
}

/** A stored object, read by range requests. Keeps the block that was read last. */
export function objectSource(
  storage: FileStorage,
  { key, sizeBytes }: { readonly key: string; readonly sizeBytes: number },
): ByteSource {
  let last: Block | undefined;

  async function read(offset: number, length: number): Promise<Uint8Array> {
    const end = Math.min(offset + length, sizeBytes);
    if (end <= offset) return new Uint8Array();
    const within = last === undefined ? null : sliceOf(last, offset, end);
    if (within !== null) return within;
    last = await fetchBlock(offset, Math.min(Math.max(end - offset, BLOCK_BYTES), sizeBytes - offset));
    return last.bytes.subarray(0, end - offset);
  }

  async function fetchBlock(offset: number, length: number): Promise<Block> {
    const body = await storage.get(key, { offset, length });
    if (body === null) throw new Error("A stored file is not there any more");
    return { offset, bytes: new Uint8Array(await new Response(body).arrayBuffer()) };
  }

  return { sizeBytes, read };
}

function sliceOf({ offset: start, bytes }: Block, offset: number, end: number): Uint8Array | null {
  return offset >= start && end <= start + bytes.length ? bytes.subarray(offset - start, end - start) : null;
}

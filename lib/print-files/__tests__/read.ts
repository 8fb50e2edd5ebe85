import { bytesSource, type ByteSource } from "../byte-source.ts";
import type { PrintMetadata } from "../metadata.ts";
import { readPrintFile } from "../read.ts";
import { sniff } from "../sniff.ts";
import { bytesOf } from "./zip-builder.ts";

/** What is read from a file, whatever it is. */
export async function metadataOf(file: string | Uint8Array): Promise<PrintMetadata> {
  return metadataFrom(bytesSource(bytesOf(file)));
}

export async function metadataFrom(source: ByteSource): Promise<PrintMetadata> {
  return readPrintFile(source, await sniff(source));
}

/** A source that counts what is read of it. */
export function countingSource(
  bytes: Uint8Array,
): ByteSource & { readonly read: ByteSource["read"]; bytes(): number; reads(): number } {
  const source = bytesSource(bytes);
  let total = 0;
  let reads = 0;
  return {
    sizeBytes: source.sizeBytes,
    read: (offset, length) => {
      total += length;
      reads += 1;
      return source.read(offset, length);
    },
    bytes: () => total,
    reads: () => reads,
  };
}

import { createHash, randomUUID } from "node:crypto";
import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  writeSync,
} from "node:fs";
import { dirname, join } from "node:path";

/** Contents by their sha256, each written once and never changed. */
export interface Blobs {
  /** Stores the bytes, on the disk when it returns, and says under which digest (64 hex digits). */
  put(bytes: Uint8Array): string;
  /** @throws a system error (ENOENT) when there is no such blob. */
  read(digest: string): Buffer;
  /** The file that holds the blob: to be read or linked to, never to be written. */
  path(digest: string): string;
}

export function openBlobs(folder: string): Blobs {
  const path = (digest: string) => join(folder, digest.slice(0, 2), digest);
  return {
    path,
    read: (digest) => readFileSync(path(digest)),
    put: (bytes) => {
      const digest = createHash("sha256").update(bytes).digest("hex");
      const file = path(digest);
      if (!existsSync(file)) writeDurably(file, bytes);
      return digest;
    },
  };
}

/** Writes a whole file so that it is there completely or not at all, even after a crash. */
export function writeDurably(file: string, bytes: Uint8Array, mode = 0o644): void {
  const folder = dirname(file);
  mkdirSync(folder, { recursive: true });
  const unfinished = join(folder, `.${randomUUID()}.tmp`);
  const descriptor = openSync(unfinished, "w", mode);
  try {
    for (let offset = 0; offset < bytes.byteLength;) offset += writeSync(descriptor, bytes, offset);
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
  renameSync(unfinished, file);
  syncFolder(folder);
}

/** A rename is only durable once its folder is. */
function syncFolder(folder: string): void {
  const descriptor = openSync(folder, "r");
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

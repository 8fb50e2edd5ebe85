import { sha256 } from "@noble/hashes/sha2.js";
import { bytesToHex } from "@noble/hashes/utils.js";
import { bytesBetween, type FileToSend } from "./file-to-send.ts";

/** A few milliseconds of computing at once, so that the page stays quick. */
const PIECE_BYTES = 512 * 1024;

/** Of bytes that are there, by the browser itself. */
export async function checksumOf(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  return bytesToHex(new Uint8Array(await crypto.subtle.digest("SHA-256", bytes)));
}

/** The SHA-256 of a whole file, read in pieces. Browsers compute it only of what is in memory as a whole. */
export async function fileChecksum(file: FileToSend, signal?: AbortSignal): Promise<string> {
  const hash = sha256.create();
  for (let at = 0; at < file.size; at += PIECE_BYTES) {
    signal?.throwIfAborted();
    hash.update(await bytesBetween(file, at, Math.min(at + PIECE_BYTES, file.size)));
  }
  return bytesToHex(hash.digest());
}

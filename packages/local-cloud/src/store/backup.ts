import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { writeDurably } from "./blobs.ts";

/**
 * Copies a state file, with the part of it that SQLite keeps in `-wal`, beside it. Named by what it holds: the same content is
 * copied once, however often a start fails.
 * @returns the copy's path
 */
export function backUp(file: string, reason: string): string {
  const parts = ["", "-wal"].filter((suffix) => existsSync(file + suffix));
  const contents = parts.map((suffix) => readFileSync(file + suffix));
  const digest = createHash("sha256");
  for (const bytes of contents) digest.update(bytes);
  const copy = `${file}.${reason}-${digest.digest("hex").slice(0, 12)}.backup`;
  for (const [index, bytes] of contents.entries()) {
    const target = `${copy}${parts[index]}`;
    if (!existsSync(target)) writeDurably(target, bytes, 0o600);
  }
  return copy;
}

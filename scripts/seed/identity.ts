import { createHash } from "node:crypto";

/** Always the same UUID for the same words, so that what is there already is recognised. */
export function idOf(...words: readonly string[]): string {
  const hex = createHash("sha256").update(words.join("\0")).digest("hex");
  const variant = ((Number.parseInt(hex.charAt(16), 16) % 4) + 8).toString(16);
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `4${hex.slice(13, 16)}`,
    `${variant}${hex.slice(17, 20)}`,
    hex.slice(20, 32),
  ].join("-");
}

/** Numbers that look thrown but are the same for the same word: from 0 to below 1. */
export function dice(word: string): () => number {
  let thrown = 0;
  return () => {
    thrown += 1;
    return createHash("sha256").update(`${word}\0${thrown}`).digest().readUInt32BE() / 2 ** 32;
  };
}

import { isNamedAs, kindInWords } from "../../../lib/files/kinds.ts";
import { SIZE_LIMITS_BYTES } from "../../../lib/files/limits.ts";
import { sizeInWords } from "../../../lib/files/sizes.ts";
import type { FileToSend } from "./file-to-send.ts";

/** Why FM5 would refuse a file before any of it is sent, in a sentence; null when it wouldn't. */
export function refusalOfFile(
  { name, size }: Pick<FileToSend, "name" | "size">,
  kind: "print" | "picture",
): string | null {
  if (!isNamedAs(kind, name)) return `Choose ${kindInWords(kind)}.`;
  if (size === 0) return "This file is empty.";
  const limit = SIZE_LIMITS_BYTES[kind];
  return size > limit
    ? `This file is too large: ${sizeInWords(size)}, and ${sizeInWords(limit)} at most.`
    : null;
}

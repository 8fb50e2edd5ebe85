import { type ByteSource, readExactly } from "./byte-source.ts";
import { lenientText } from "./text.ts";

/** Slicers write what they tell within this many bytes of the beginning or the end; pictures in base64 lie between. */
const WINDOW_BYTES = 512 * 1024;
const LINE_LIMIT = 20_000;
const NAME_LIMIT = 100;

export interface GcodeText {
  /** Lines of the beginning, and of the end where the file is longer. Those that are too long are left out. */
  readonly head: readonly string[];
  readonly tail: readonly string[];
}

/** The beginning and the end of a G-code file; the commands between them aren't read. */
export async function readGcodeText(source: ByteSource): Promise<GcodeText> {
  const headLength = Math.min(WINDOW_BYTES, source.sizeBytes);
  const tailLength = Math.min(WINDOW_BYTES, source.sizeBytes - headLength);
  const [head, tail] = await Promise.all([
    readExactly(source, 0, headLength),
    readExactly(source, source.sizeBytes - tailLength, tailLength),
  ]);
  return { head: linesOf(head), tail: linesOf(tail) };
}

export function linesOf(bytes: Uint8Array): readonly string[] {
  return lenientText(bytes)
    .split(/\r?\n/u)
    .filter((line) => line.length <= LINE_LIMIT);
}

/**
 * What comments tell, by name: `; name = value`, `; name : value`, and `;NAME:value` of Cura. The first of a name counts.
 * Two in one line are parted by `; `: "; model printing time: 1h; total estimated time: 2h".
 */
export function commentSettings(lines: readonly string[]): ReadonlyMap<string, string> {
  const settings = new Map<string, string>();
  for (const line of lines) {
    if (!line.startsWith(";")) continue;
    for (const part of partsOf(line)) {
      const at = part.search(/[=:]/u);
      const name = part.slice(0, at).trim();
      if (at > 0 && name.length <= NAME_LIMIT && !settings.has(name))
        settings.set(name, part.slice(at + 1).trim());
    }
  }
  return settings;
}

function partsOf(line: string): readonly string[] {
  const comment = line.replace(/^;+/u, "");
  return /^\s*model printing time:/u.test(comment) ? comment.split("; ") : [comment];
}

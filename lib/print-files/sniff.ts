import { type ByteSource, readExactly } from "./byte-source.ts";
import { PrintFileError } from "./problem.ts";
import { isBinaryStl } from "./stl.ts";
import { lenientText } from "./text.ts";

export type PictureType = "image/png" | "image/jpeg" | "image/webp";
/** What a file is by its first bytes and its length, whatever its name says. */
export type FileContent = "archive" | "binary stl" | "ascii stl" | "gcode" | PictureType;

const LOOKED_AT_BYTES = 4096;
const STL_HEADER_BYTES = 84;

/** What each kind of file begins with; `.` stands for any byte. */
const BEGINNINGS: readonly (readonly [string, FileContent])[] = [
  ["\x89PNG\r\n\x1A\n", "image/png"],
  ["\xFF\xD8\xFF", "image/jpeg"],
  ["RIFF....WEBP", "image/webp"],
  ["PK\x03\x04", "archive"],
];
/** @see https://github.com/prusa3d/libbgcode/blob/main/doc/specifications.md */
const BINARY_GCODE = "GCDE";

/**
 * What a file is, by its content. The name only tells what a binary STL file would be that is cut short.
 * @throws PrintFileError `unsupported` when it is nothing that FM5 keeps.
 */
export async function sniff(source: ByteSource, name = ""): Promise<FileContent> {
  const head = await readExactly(source, 0, Math.min(LOOKED_AT_BYTES, source.sizeBytes));
  const known = BEGINNINGS.find(([beginning]) => beginsWith(head, beginning));
  if (known !== undefined) return known[1];
  if (beginsWith(head, BINARY_GCODE))
    throw new PrintFileError(
      "unsupported",
      "This is binary G-code, which FM5 can’t read. Switch “binary G-code” off in the printer’s settings and export again.",
    );
  if (isBinaryStl(head, source.sizeBytes)) return "binary stl";
  if (/\.stl$/iu.test(name) && head.length > STL_HEADER_BYTES && head.includes(0)) return "binary stl";
  return textContent(head) ?? notKept();
}

/** Whether the bytes are of a picture's kind that browsers show and that can't hold a script. */
export function isPicture(content: FileContent): content is PictureType {
  return content.startsWith("image/");
}

function textContent(head: Uint8Array): "ascii stl" | "gcode" | null {
  if (head.includes(0)) return null;
  const text = lenientText(head);
  if (/^\s*solid\b/u.test(text) && /\bfacet\s+normal\b/u.test(text)) return "ascii stl";
  return /^\s*(?:;.{0,200}(?:generated|FLAVOR:|TIME:|HEADER|START_OF_HEADER|Studio)|[GM]\d{1,4}\b)/mu.test(
    text,
  )
    ? "gcode"
    : null;
}

function beginsWith(head: Uint8Array, beginning: string): boolean {
  return Array.from(beginning).every(
    (character, index) => character === "." || head[index] === character.codePointAt(0),
  );
}

function notKept(): never {
  throw new PrintFileError(
    "unsupported",
    "By its content this is no 3MF, STL or G-code file and no PNG, JPEG or WebP picture, whatever its name says.",
  );
}

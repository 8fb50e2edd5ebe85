import type { ByteSource } from "./byte-source.ts";
import { readGcode } from "./gcode.ts";
import { blankMetadata, type PrintMetadata, printMetadataSchema } from "./metadata.ts";
import { PrintFileError } from "./problem.ts";
import { settle } from "./settle.ts";
import { type FileContent, isPicture } from "./sniff.ts";
import { readAsciiStl, readBinaryStl } from "./stl.ts";
import { readThreeMf } from "./three-mf.ts";

/**
 * What a print file tells, read in pieces: some kilobytes of a 3MF or G-code file, all of an STL file.
 * @throws PrintFileError when the file is broken, hostile or a picture. Throws nothing else but what `source` throws.
 */
export async function readPrintFile(source: ByteSource, content: FileContent): Promise<PrintMetadata> {
  if (isPicture(content))
    throw new PrintFileError("unsupported", "By its content this is a picture, not something to print.");
  return printMetadataSchema.parse(settle(await read(source, content)));
}

const CONTENT_TYPES = {
  archive: "model/3mf",
  "binary stl": "model/stl",
  "ascii stl": "model/stl",
  gcode: "text/x.gcode",
} as const;

/** The type that a download tells. */
export function contentTypeOf(content: FileContent): string {
  return isPicture(content) ? content : CONTENT_TYPES[content];
}

async function read(
  source: ByteSource,
  content: Exclude<FileContent, `image/${string}`>,
): Promise<PrintMetadata> {
  switch (content) {
    case "archive":
      return readThreeMf(source);
    case "binary stl":
      return readBinaryStl(source);
    case "ascii stl":
      return readAsciiStl(source);
    case "gcode":
      return { ...blankMetadata("gcode"), ...(await readGcode(source)) };
  }
}

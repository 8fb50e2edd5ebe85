import type { FileKind } from "../../generated/prisma/enums.ts";

/** What a name must end in. Whether the content is of that kind is found out when it is there. */
const ENDINGS: Readonly<Record<FileKind, readonly string[]>> = {
  print: [".3mf", ".stl", ".gcode"],
  picture: [".png", ".jpg", ".jpeg", ".webp"],
  other: [],
};

const LISTS: Readonly<Record<FileKind, string>> = {
  print: "a .3mf, .stl, .gcode or .gcode.3mf file",
  picture: "a picture: .png, .jpg or .webp",
  other: "no file",
};

export function isNamedAs(kind: FileKind, name: string): boolean {
  return ENDINGS[kind].some((ending) => name.toLowerCase().endsWith(ending));
}

/** "a .3mf, .stl, … file", for a sentence. */
export function kindInWords(kind: FileKind): string {
  return LISTS[kind];
}

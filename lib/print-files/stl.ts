import { type ByteSource, readExactly, viewOf } from "./byte-source.ts";
import { blankMetadata, type PrintMetadata } from "./metadata.ts";
import { PrintFileError } from "./problem.ts";
import { lenientText } from "./text.ts";

/** @see https://www.loc.gov/preservation/digital/formats/fdd/fdd000505.shtml */
const HEADER_BYTES = 84;
const TRIANGLE_BYTES = 50;
const TRIANGLES_AT_ONCE = 20_000;
/** Behind the normal: three points of three coordinates, 4 bytes each. */
const POINTS = { offset: 12, coordinates: 9 };

const TEXT_AT_ONCE = 512 * 1024;
const LINE_LIMIT = 1000;
const VERTEX = /^\s*vertex\s+(\S{1,40})\s+(\S{1,40})\s+(\S{1,40})\s*$/u;

const NOT_SLICED = "Not sliced: no filament use known.";

/** Whether a file has the length that its header tells for a binary STL file. */
export function isBinaryStl(head: Uint8Array, sizeBytes: number): boolean {
  return head.length >= HEADER_BYTES && sizeBytes === binarySize(head);
}

/** Triangles and size of a binary STL file, read from its beginning to its end in pieces. */
export async function readBinaryStl(source: ByteSource): Promise<PrintMetadata> {
  const head = await readExactly(source, 0, HEADER_BYTES);
  const triangles = viewOf(head).getUint32(80, true);
  if (triangles === 0) throw new PrintFileError("malformed", "The file has no triangle in it.");
  if (source.sizeBytes < binarySize(head))
    throw new PrintFileError(
      "truncated",
      `The file is cut short: it tells of ${triangles} triangles. Please export it again and upload that.`,
    );

  const box = new Box();
  for (let done = 0; done < triangles; done += TRIANGLES_AT_ONCE) {
    const count = Math.min(TRIANGLES_AT_ONCE, triangles - done);
    const bytes = await readExactly(source, HEADER_BYTES + done * TRIANGLE_BYTES, count * TRIANGLE_BYTES);
    addTriangles(box, viewOf(bytes), count);
  }
  return meshMetadata(triangles, box);
}

/** The same of an ASCII STL file. */
export async function readAsciiStl(source: ByteSource): Promise<PrintMetadata> {
  const box = new Box();
  let vertices = 0;
  let isEnded = false;
  let rest = "";
  for (let offset = 0; offset < source.sizeBytes; offset += TEXT_AT_ONCE) {
    const bytes = await readExactly(source, offset, Math.min(TEXT_AT_ONCE, source.sizeBytes - offset));
    const lines = `${rest}${lenientText(bytes)}`.split("\n");
    rest = lines.pop() ?? "";
    if (rest.length > LINE_LIMIT || lines.some((line) => line.length > LINE_LIMIT)) throw brokenText();
    for (const line of lines) vertices += addVertex(box, line);
    isEnded = [...lines.slice(-5), rest].some((line) => /^\s*endsolid/u.test(line));
  }
  if (!isEnded)
    throw new PrintFileError(
      "truncated",
      "The file is cut short: its last line is missing. Please export it again and upload that.",
    );
  if (vertices === 0 || vertices % 3 !== 0) throw brokenText();
  return meshMetadata(vertices / 3, box);
}

/** The smallest box around all points. */
class Box {
  readonly #least = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY];
  readonly #most = [Number.NEGATIVE_INFINITY, Number.NEGATIVE_INFINITY, Number.NEGATIVE_INFINITY];

  /** `axis`: 0 x, 1 y, 2 z. */
  add(axis: number, value: number): void {
    if (!Number.isFinite(value))
      throw new PrintFileError(
        "malformed",
        "The file has a point that lies nowhere: a coordinate is no number.",
      );
    if (value < (this.#least[axis] ?? 0)) this.#least[axis] = value;
    if (value > (this.#most[axis] ?? 0)) this.#most[axis] = value;
  }

  size(axis: number): number {
    return (this.#most[axis] ?? 0) - (this.#least[axis] ?? 0);
  }
}

function addTriangles(box: Box, view: DataView, count: number): void {
  for (let triangle = 0; triangle < count; triangle++) {
    const at = triangle * TRIANGLE_BYTES + POINTS.offset;
    for (let index = 0; index < POINTS.coordinates; index++)
      box.add(index % 3, view.getFloat32(at + index * 4, true));
  }
}

/** How many vertices the line holds: 1 or 0. */
function addVertex(box: Box, line: string): 0 | 1 {
  const match = VERTEX.exec(line);
  if (match === null) return 0;
  for (const axis of [0, 1, 2]) box.add(axis, Number(match[axis + 1]));
  return 1;
}

function meshMetadata(triangles: number, box: Box): PrintMetadata {
  return {
    ...blankMetadata("stl"),
    mesh: { triangles, sizeMm: { x: box.size(0), y: box.size(1), z: box.size(2) } },
    remarks: [NOT_SLICED],
  };
}

function binarySize(head: Uint8Array): number {
  return HEADER_BYTES + viewOf(head).getUint32(80, true) * TRIANGLE_BYTES;
}

function brokenText(): PrintFileError {
  return new PrintFileError(
    "malformed",
    "The file begins as an STL file does, but its triangles can’t be read.",
  );
}

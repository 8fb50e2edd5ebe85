import type { ByteRange } from "../../storage/file-storage.ts";

/** What a Range header asks for: all of it, a part, or what isn't there. */
export type Wanted = "all" | ByteRange | "unsatisfiable";

const SINGLE_RANGE = /^bytes=(\d{0,15})-(\d{0,15})$/u;

/**
 * Reads a Range header. What isn't understood, and several ranges at once, are answered with all of it, as is allowed.
 * @see https://www.rfc-editor.org/rfc/rfc9110#name-range
 */
export function wantedRange(header: string | null, sizeBytes: number): Wanted {
  const [matched, first = "", last = ""] = SINGLE_RANGE.exec(header?.replaceAll(" ", "") ?? "") ?? [];
  if (matched === undefined || (first === "" && last === "")) return "all";
  if (first === "") return lastBytes(Number(last), sizeBytes);

  const offset = Number(first);
  const end = last === "" ? sizeBytes - 1 : Number(last);
  if (end < offset && last !== "") return "all";
  if (offset >= sizeBytes) return "unsatisfiable";
  return { offset, length: Math.min(end, sizeBytes - 1) - offset + 1 };
}

function lastBytes(count: number, sizeBytes: number): Wanted {
  if (count === 0 || sizeBytes === 0) return "unsatisfiable";
  const length = Math.min(count, sizeBytes);
  return { offset: sizeBytes - length, length };
}

/** Whether an If-None-Match or If-Match list names the etag; weak ones count as the same for a comparison of contents. */
export function namesEtag(header: string | null, etag: string): boolean {
  const names = (header ?? "").split(",").map((name) => name.trim().replace(/^W\//u, ""));
  return names.includes(etag) || names.includes("*");
}

/** Whether the part that somebody has is of the file that is there: If-Range names its etag, or there is no such header. */
export function isSameForRange(header: string | null, etag: string): boolean {
  return header === null || header.trim() === etag;
}

import type { z } from "zod";
import { AppError } from "./app-error.ts";

export interface Page<Item> {
  readonly items: readonly Item[];
  /** What to ask the next page with; null on the last one. */
  readonly nextCursor: string | null;
}

interface PageOptions<Item> {
  /** One more than the page holds, where there are more. */
  readonly found: readonly Item[];
  readonly limit: number;
  /** The values that the list is sorted by, of which no two items have the same. */
  readonly keyOf: (item: Item) => readonly string[];
}

/** Cuts a page off what was found. Ask for `limit + 1` items, so that it is known whether more follow. */
export function pageOf<Item>({ found, limit, keyOf }: PageOptions<Item>): Page<Item> {
  const items = found.slice(0, limit);
  const last = items.at(-1);
  return { items, nextCursor: found.length > limit && last !== undefined ? cursorOf(keyOf(last)) : null };
}

/**
 * The values after which a page begins.
 * @throws {AppError} invalid: no cursor of this list
 */
export function readCursor<Key>(cursor: string, schema: z.ZodType<Key>): Key {
  const key = schema.safeParse(parsed(cursor));
  if (key.success) return key.data;
  throw new AppError({
    code: "invalid",
    message: "This is no place in this list.",
    hint: "Begin again with the first page.",
  });
}

function cursorOf(key: readonly string[]): string {
  return Buffer.from(JSON.stringify(key)).toString("base64url");
}

function parsed(cursor: string): unknown {
  try {
    return JSON.parse(Buffer.from(cursor, "base64url").toString());
  } catch {
    return undefined;
  }
}

import { array, assert, integer, property, string, uniqueArray } from "fast-check";
import { expect, test } from "vitest";
import { z } from "zod";
import { pageOf, readCursor } from "./keyset.ts";

const keyOf = (item: string) => [item];
const keySchema = z.tuple([z.string()]);

test("the last page has no next one", () => {
  expect(pageOf({ found: ["a", "b"], limit: 2, keyOf })).toEqual({ items: ["a", "b"], nextCursor: null });
});

test("an empty list is one page", () => {
  expect(pageOf({ found: [], limit: 2, keyOf })).toEqual({ items: [], nextCursor: null });
});

test("page by page every item comes once, whatever its key is made of", () => {
  assert(
    property(uniqueArray(string({ unit: "grapheme" })), integer({ min: 1, max: 5 }), (list, limit) => {
      const seen: string[] = [];
      let cursor: string | null = null;
      do {
        const start: number =
          cursor === null ? 0 : list.indexOf(readCursor<[string]>(cursor, keySchema)[0]) + 1;
        const page = pageOf({ found: list.slice(start, start + limit + 1), limit, keyOf });
        seen.push(...page.items);
        cursor = page.nextCursor;
      } while (cursor !== null);

      expect(seen).toEqual(list);
    }),
  );
});

test.each(["", "nonsense", "WzFd", "W10"])("%j is refused as a cursor", (cursor) => {
  expect(() => readCursor(cursor, keySchema)).toThrow(expect.objectContaining({ code: "invalid" }));
});

test("nothing that somebody makes up fails in another way", () => {
  assert(
    property(array(string()), (parts) => {
      const cursor = Buffer.from(JSON.stringify(parts)).toString("base64url");
      expect(() => readCursor(cursor, z.tuple([z.uuid()]))).toThrow(
        expect.objectContaining({ code: "invalid" }),
      );
    }),
  );
});

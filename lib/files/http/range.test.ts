import { assert, integer, oneof, property, string, tuple } from "fast-check";
import { expect, test } from "vitest";
import { isSameForRange, namesEtag, wantedRange } from "./range.ts";

test.each([
  ["bytes=0-0", { offset: 0, length: 1 }],
  ["bytes=0-9", { offset: 0, length: 10 }],
  ["bytes=90-", { offset: 90, length: 10 }],
  ["bytes=90-1000", { offset: 90, length: 10 }],
  ["bytes=-10", { offset: 90, length: 10 }],
  ["bytes=-1000", { offset: 0, length: 100 }],
  ["bytes = 5 - 6", { offset: 5, length: 2 }],
  ["bytes=99-99", { offset: 99, length: 1 }],
])("%s of 100 bytes is a part", (header, range) => {
  expect(wantedRange(header, 100)).toEqual(range);
});

test.each(["bytes=100-", "bytes=100-200", "bytes=-0", "bytes=999999999999999-"])(
  "%s of 100 bytes is not there",
  (header) => {
    expect(wantedRange(header, 100)).toBe("unsatisfiable");
  },
);

test.each([
  null,
  "",
  "bytes=",
  "bytes=-",
  "bytes=9-0",
  "bytes=0-1,5-6",
  "lines=1-2",
  "bytes=a-b",
  "bytes=1e3-",
])("%s is answered with all of it", (header) => {
  expect(wantedRange(header, 100)).toBe("all");
});

test("no header asks for what lies beyond the file", () => {
  const header = oneof(
    string(),
    string().map((text) => `bytes=${text}`),
    tuple(integer(), integer()).map(([first, last]) => `bytes=${first}-${last}`),
    integer().map((first) => `bytes=${first}-`),
    integer().map((count) => `bytes=-${count}`),
  );
  const isWithin = (wanted: ReturnType<typeof wantedRange>, size: number) =>
    typeof wanted === "string" ||
    (wanted.offset >= 0 && wanted.length > 0 && wanted.offset + wanted.length <= size);

  assert(
    property(header, integer({ min: 1, max: 1000 }), (text, size) => isWithin(wantedRange(text, size), size)),
    { seed: 1, numRuns: 500 },
  );
});

test("an etag is found in a list, weak or strong", () => {
  expect(namesEtag('"a", W/"b"', '"b"')).toBe(true);
  expect(namesEtag("*", '"b"')).toBe(true);
  expect(namesEtag('"a"', '"b"')).toBe(false);
  expect(namesEtag(null, '"b"')).toBe(false);
});

test("a part goes on only with the file that it began with", () => {
  expect(isSameForRange(null, '"a"')).toBe(true);
  expect(isSameForRange('"a"', '"a"')).toBe(true);
  expect(isSameForRange('W/"a"', '"a"')).toBe(false);
  expect(isSameForRange("Fri, 27 Nov 2026 08:00:00 GMT", '"a"')).toBe(false);
});

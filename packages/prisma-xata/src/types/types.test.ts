import { expect, test } from "vitest";
import { arrayElements, arrayText, type ArrayElements } from "./array-text.ts";
import { bytesFromBase64, bytesFromText, bytesToBase64, bytesToText } from "./bytes.ts";
import { parameterText, plainValue } from "./plain.ts";
import {
  timestampFromText,
  timestamptzFromText,
  timestampToText,
  timetzFromText,
  timeToText,
} from "./times.ts";

test.each<[ArrayElements]>([
  [[]],
  [["", "NULL", null, "a,b", "{}", String.raw`\"`, "line\nbreak"]],
  [
    [
      ["1", "2"],
      ["3", null],
    ],
  ],
])("the list %j survives PostgreSQL's text form", (elements) => {
  expect(arrayElements(arrayText(elements))).toEqual(elements);
});

test("unquoted elements and bounds are read, and text that is no list is not", () => {
  expect(arrayElements("[-1:0]={a b,NULL}")).toEqual(["a b", null]);
  expect(arrayElements("a")).toBeUndefined();
});

test("bytes survive both of their text forms", () => {
  const bytes = Uint8Array.of(0, 9, 10, 255);

  expect(bytesToText(bytes)).toBe(String.raw`\x00090aff`);
  expect(bytesFromText(bytesToText(bytes))).toEqual(bytes);
  expect(bytesFromBase64(bytesToBase64(bytes))).toEqual(bytes);
});

test.each([
  ["2026-01-02 03:04:05+00", "2026-01-02T03:04:05+00:00"],
  ["2026-01-02 03:04:05.678901+02", "2026-01-02T01:04:05.678901+00:00"],
  ["2026-01-01 20:34:05.5-05:30", "2026-01-02T02:04:05.5+00:00"],
  ["1890-01-01 00:53:28+00:53:28", "1890-01-01T00:00:00+00:00"],
  ["infinity", "infinity"],
])("the timestamptz %s is %s, in whatever zone the session is", (text, iso) => {
  expect(timestamptzFromText(text)).toBe(iso);
});

test("times without a zone are UTC, and times of day with one are moved there", () => {
  expect(timestampFromText("2026-01-02 03:04:05.6")).toBe("2026-01-02T03:04:05.6+00:00");
  expect(timetzFromText("01:30:00.25+02")).toBe("23:30:00.25");
});

test("an instant is written with its zone, so that no session's own can change it", () => {
  const instant = new Date("0044-03-15T12:00:00.070Z");

  expect(timestampToText(instant)).toBe("0044-03-15 12:00:00.070+00:00");
  expect(timeToText(instant)).toBe("12:00:00.070+00:00");
});

test("plain values are JavaScript's where nothing is lost, and text elsewhere", () => {
  expect(plainValue("t", 16)).toBe(true);
  expect(plainValue("7", 23)).toBe(7);
  expect(plainValue("9007199254740993", 20)).toBe("9007199254740993");
  expect(plainValue('{"a":1}', 3802)).toEqual({ a: 1 });
  expect(plainValue(null, 16)).toBeNull();
});

test("plain parameters are text or null", () => {
  const parameters = ["x", 1.5, 2n ** 63n, false, null, new Date(0), Uint8Array.of(1), [1, null, ["a"]]];

  expect(parameters.map(parameterText)).toEqual([
    "x",
    "1.5",
    "9223372036854775808",
    "false",
    null,
    "1970-01-01 00:00:00+00:00",
    String.raw`\x01`,
    '{"1",NULL,{"a"}}',
  ]);
});

import { expect, test } from "vitest";
import { rowJson, valueJson, type Column } from "./result-json.ts";

function column(name: string, dataTypeID: number): Column {
  return { name, dataTypeID, tableID: 0, columnID: 0, dataTypeSize: -1, dataTypeModifier: -1 };
}

test.each([
  [16, "t", "true"],
  [23, "7", "7"],
  [20, "9007199254740993", '"9007199254740993"'],
  [701, "1e+20", "1e+20"],
  [701, "NaN", '"NaN"'],
  [700, "-Infinity", '"-Infinity"'],
  [1700, "1.50", '"1.50"'],
  [3802, '{"n": 12345678901234567890}', '{"n": 12345678901234567890}'],
  [1184, "2026-01-02 03:04:05+00", '"2026-01-02 03:04:05+00"'],
  [1007, "{1,NULL}", "[1,null]"],
  [1007, "[0:1]={1,2}", "[1,2]"],
  [1009, String.raw`{"a\"b",NULL,"NULL",c}`, String.raw`["a\"b",null,"NULL","c"]`],
  [1000, "{{t},{f}}", "[[true],[false]]"],
  [1007, "{}", "null"],
  [1115, "{2026-01-02}", '"{2026-01-02}"'],
])("a value of type %i, %j, is written as %j", (type, text, json) => {
  expect(valueJson(text, type, false)).toBe(json);
});

test("as raw text, everything but null is a string", () => {
  expect(valueJson("t", 16, true)).toBe('"t"');
  expect(valueJson(null, 16, true)).toBe("null");
});

test("of two columns with one name, an object keeps the later and an array both", () => {
  const columns = [column("id", 23), column("id", 23)];

  expect(rowJson(["1", "2"], columns, { arrayMode: false, rawTextOutput: false })).toBe('{"id":2}');
  expect(rowJson(["1", "2"], columns, { arrayMode: true, rawTextOutput: false })).toBe("[1,2]");
});

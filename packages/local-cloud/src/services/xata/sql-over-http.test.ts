import { expect, test } from "vitest";
import {
  beginStatement,
  header,
  parameterText,
  parseConnectionString,
  parseSqlRequest,
} from "./sql-over-http.ts";

const HEADERS = { "connection-string": "postgres://user:p%40ss@host:5432/my-db" };

test("a connection string's parts are decoded, and the port plays no role", () => {
  expect(parseConnectionString(HEADERS["connection-string"])).toEqual({
    host: "host",
    user: "user",
    password: "p@ss",
    database: "my-db",
  });
});

test.each(["", "not-a-url", "mysql://u:p@h/d", "postgres://u@h/d", "postgres://:p@h/d", "postgres://u:p@/d"])(
  "the connection string %j is refused",
  (text) => {
    expect(() => parseConnectionString(text)).toThrow(expect.objectContaining({ code: "UNAUTHORIZED" }));
  },
);

test("a bare header wins over one with a prefix", () => {
  const headers = { "neon-array-mode": "false", "array-mode": "true", "xata-batch-read-only": "true" };

  expect(header(headers, "array-mode")).toBe("true");
  expect(header(headers, "batch-read-only")).toBe("true");
  expect(header(headers, "batch-deferrable")).toBeUndefined();
});

test("a list of queries is a batch, bare or under `queries`", () => {
  const queries = [{ query: "SELECT 1", params: [1] }];

  const bare = parseSqlRequest(HEADERS, JSON.stringify(queries));
  const named = parseSqlRequest(HEADERS, JSON.stringify({ queries }));

  expect(bare).toEqual(named);
  expect(named.batch).toEqual({ isolationLevel: "READ COMMITTED", readOnly: false, deferrable: false });
  expect(named.statements).toEqual([{ text: "SELECT 1", parameters: ["1"], arrayMode: false }]);
});

test("a single query has no transaction of its own, whatever the batch headers say", () => {
  const headers = { ...HEADERS, "batch-isolation-level": "nonsense" };

  expect(parseSqlRequest(headers, '{"query":"SELECT 1"}').batch).toBeUndefined();
});

test("a batch's transaction says everything about itself", () => {
  const options = { isolationLevel: "SERIALIZABLE", readOnly: true, deferrable: true };

  expect(beginStatement(options)).toBe("BEGIN ISOLATION LEVEL SERIALIZABLE READ ONLY DEFERRABLE");
});

test.each([
  [null, null],
  ["text", "text"],
  [1.5, "1.5"],
  [9_007_199_254_740_992, "9007199254740992"],
  [true, "true"],
  [{ a: [1] }, '{"a":[1]}'],
  [[1, null, true, 'a"b\\'], String.raw`{1,NULL,t,"a\"b\\"}`],
  [[["x"], []], '{{"x"},{}}'],
])("the parameter %j is sent as %j", (value, text) => {
  expect(parameterText(value)).toBe(text);
});

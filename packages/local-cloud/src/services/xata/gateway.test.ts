import { connect } from "node:net";
import { Client } from "pg";
import { afterAll, beforeAll, expect, test } from "vitest";
import { LIMITS } from "./sql-over-http.ts";
import { post, startTestXata, type TestXata } from "./test-service.ts";
import { until } from "./until.ts";

let xata: TestXata;
let hurried: TestXata;

beforeAll(async () => {
  xata = await startTestXata();
  hurried = await startTestXata({ limits: { queryMs: 500, responseBytes: 1_000 } });
  await xata.ask({ query: "CREATE TABLE spools (id int PRIMARY KEY, color text)" });
  await hurried.ask({ query: "CREATE TABLE written (id int)" });
});

afterAll(async () => {
  await xata.stop();
});

async function count(of: TestXata, table: string): Promise<unknown> {
  const { body } = await of.ask({ query: `SELECT count(*)::int AS count FROM ${table}` });
  return body["rows"];
}

test("a query answers with fields, command, row count and rows", async () => {
  const answer = await xata.ask({ query: "SELECT $1::int AS id, $2 AS color", params: ["7", null] });

  expect(answer.body).toEqual({
    fields: [
      {
        name: "id",
        tableID: 0,
        columnID: 0,
        dataTypeID: 23,
        dataTypeSize: 4,
        dataTypeModifier: -1,
        format: "text",
      },
      {
        name: "color",
        tableID: 0,
        columnID: 0,
        dataTypeID: 25,
        dataTypeSize: -1,
        dataTypeModifier: -1,
        format: "text",
      },
    ],
    command: "SELECT",
    rowCount: 1,
    rows: [{ id: 7, color: null }],
    rowAsArray: false,
  });
});

test("array mode and raw text are asked for by header, bare or with a prefix, and array mode also in the query", async () => {
  const query = { query: "SELECT true AS t, 1.50::numeric AS n" };

  const bare = await xata.ask(query, { "array-mode": "true", "raw-text-output": "true" });
  const prefixed = await xata.ask(query, { "neon-array-mode": "true", "xata-raw-text-output": "true" });
  const inBody = await xata.ask({ ...query, arrayMode: false }, { "array-mode": "true" });

  expect(bare.body["rows"]).toEqual([["t", "1.50"]]);
  expect(prefixed.body["rows"]).toEqual([["t", "1.50"]]);
  expect(inBody.body["rows"]).toEqual([{ t: true, n: "1.50" }]);
});

test("a batch is one transaction: its first error undoes all of it", async () => {
  const insert = { query: "INSERT INTO spools VALUES (1, 'red')" };

  const failed = await xata.ask({ queries: [insert, insert] });
  const afterFailure = await count(xata, "spools");
  const accepted = await xata.ask({ queries: [insert, { query: "SELECT color FROM spools" }] });

  expect(failed).toMatchObject({
    status: 400,
    body: { code: "23505", severity: "ERROR", table: "spools", constraint: "spools_pkey" },
  });
  expect(afterFailure).toEqual([{ count: 0 }]);
  expect(accepted.body).toMatchObject({
    results: [{ command: "INSERT", rowCount: 1 }, { rows: [{ color: "red" }] }],
  });
});

test("a batch runs at the isolation level and with the access that its headers ask for", async () => {
  const queries = [{ query: "SHOW transaction_isolation" }, { query: "SHOW transaction_read_only" }];

  const { body } = await xata.ask(
    { queries },
    { "batch-isolation-level": "Serializable", "neon-batch-read-only": "true" },
  );
  const refused = await xata.ask({ queries }, { "batch-isolation-level": "Snapshot" });

  expect(body).toMatchObject({
    results: [
      { rows: [{ transaction_isolation: "serializable" }] },
      { rows: [{ transaction_read_only: "on" }] },
    ],
  });
  expect(refused).toEqual({
    status: 400,
    body: { code: "BAD_REQUEST", message: "invalid isolation level: Snapshot" },
  });
});

test("no request finds what an earlier one left in its session", async () => {
  await xata.ask({ query: "SET timezone = 'Asia/Tokyo'" });
  await xata.ask({ query: "BEGIN" });
  await xata.ask({ query: "SELECT pg_advisory_lock(42)" });

  const { body } = await xata.ask({
    query: `SELECT current_setting('timezone') AS zone, pg_try_advisory_lock(42) AS lock,
      (SELECT count(*)::int FROM pg_stat_activity WHERE state LIKE 'idle in transaction%') AS open`,
  });

  expect(body["rows"]).toEqual([{ zone: "UTC", lock: true, open: 0 }]);
});

test("a query that takes too long is cancelled and answered with 504 QUERY_TIMEOUT", async () => {
  const { status, body } = await hurried.ask({ query: "SELECT pg_sleep(30)" });
  const running =
    "SELECT count(*)::int AS count FROM pg_stat_activity WHERE query LIKE '%pg_sleep(30)' AND state = 'active'";
  const cancelled = await until(async () => {
    const activity = await hurried.ask({ query: running }, { "array-mode": "true" });
    return JSON.stringify(activity.body["rows"]) === "[[0]]";
  }, 5_000);

  expect({ status, code: body["code"] }).toEqual({ status: 504, code: "QUERY_TIMEOUT" });
  expect(cancelled).toBe(true);
});

test("a response that is too large is refused with 507: a single write is committed then, a batch is not", async () => {
  const large = { query: "INSERT INTO written SELECT generate_series(1, 1000) RETURNING id" };

  const batch = await hurried.ask({ queries: [large] });
  const afterBatch = await count(hurried, "written");
  const single = await hurried.ask(large);
  const afterSingle = await count(hurried, "written");

  expect(batch).toMatchObject({ status: 507, body: { code: "RESPONSE_TOO_LARGE" } });
  expect(afterBatch).toEqual([{ count: 0 }]);
  expect(single.status).toBe(507);
  expect(afterSingle).toEqual([{ count: 1000 }]);
});

test("a batch has at most 100 queries, and a body at most 64 MB", async () => {
  const queries = Array.from({ length: LIMITS.queriesPerBatch + 1 }, () => ({ query: "SELECT 1" }));

  const tooMany = await xata.ask({ queries });
  const enough = await xata.ask({ queries: queries.slice(1) });
  const tooLong = await xata.ask(`{"query":"SELECT 1","params":["${"x".repeat(LIMITS.bodyBytes)}"]}`);

  expect(tooMany).toMatchObject({ status: 400, body: { message: "too many queries: maximum 100 allowed" } });
  expect(enough.status).toBe(200);
  expect(tooLong).toMatchObject({ status: 413 });
});

const DSN = "connection-string";

test.each([
  ["no credential", { [DSN]: "" }, "401 UNAUTHORIZED"],
  ["a credential that is no DSN", { [DSN]: "mysql://u:p@h/d" }, "401 UNAUTHORIZED"],
  ["a DSN without a password", { [DSN]: "postgres://u@127.0.0.1/d" }, "401 UNAUTHORIZED"],
  ["a wrong password", { [DSN]: "postgres://my-app-staging:no@127.0.0.1/my-app-staging" }, "400 28P01"],
  ["another host's DSN", { [DSN]: "postgres://u:p@b1.us-east-1.xata.tech/d" }, "400 INVALID_HOST"],
])("%s is refused with the real gateway's status", async (_, headers, refusal) => {
  const { status, body } = await xata.ask({ query: "SELECT 1" }, headers);

  expect(`${status} ${String(body["code"])}`).toBe(refusal);
});

test.each([
  ["", "invalid request"],
  ["{", "invalid request"],
  ['{"query": 1}', "invalid request"],
  ["{}", "missing query"],
  ['{"queries": [{"query": ""}]}', "query at index 0 is empty"],
])("the body %s is refused: %s", async (body, message) => {
  expect(await xata.ask(body)).toEqual({ status: 400, body: { code: "BAD_REQUEST", message } });
});

test("a query is one statement", async () => {
  expect(await xata.ask({ query: "SELECT 1; SELECT 2" })).toMatchObject({
    status: 400,
    body: { code: "42601" },
  });
});

test("other routes are 404 and other methods 405", async () => {
  const paths = ["/", "/sql", "/v2"];

  const answers = await Promise.all(
    paths.map(async (path) => fetch(`http://127.0.0.1:${xata.service.port}${path}`)),
  );

  expect(answers.map((answer) => answer.status)).toEqual([404, 405, 404]);
});

test("many requests at once wait for a session instead of failing", async () => {
  const answers = await Promise.all(
    Array.from({ length: 150 }, async () => xata.ask({ query: "SELECT pg_sleep(0.001)" })),
  );

  expect(new Set(answers.map((answer) => answer.status))).toEqual(new Set([200]));
});

test("a client that asks for TLS is told by PostgreSQL that there is none", async () => {
  const socket = connect(xata.service.port, "127.0.0.1");
  socket.write(Buffer.from([0, 0, 0, 8, 4, 210, 22, 47]));

  const reply = await new Promise<Buffer>((resolve) => void socket.once("data", resolve));
  socket.destroy();
  const withTls = new Client({
    connectionString: xata.url.replace("disable", "require&uselibpqcompat=true"),
  });

  expect(reply.toString()).toBe("N");
  await expect(withTls.connect()).rejects.toThrow("does not support SSL");
});

test("stopping cuts clients that are still connected and frees the port", async () => {
  const client = new Client({ connectionString: hurried.url });
  const cut = new Promise<void>((resolve) => void client.once("error", () => resolve()));
  await client.connect();

  await hurried.stop();
  await cut;

  await expect(post(hurried.service.port, { query: "SELECT 1" }, {})).rejects.toThrow("fetch failed");
});

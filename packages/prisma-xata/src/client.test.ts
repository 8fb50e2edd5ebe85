import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { createXataClient } from "./client.ts";
import { isOutcomeUnknown } from "./errors.ts";
import { startCutProxy, type CutProxy } from "./testing/cut-proxy.ts";
import { startGateway, type TestGateway } from "./testing/gateway.ts";
import { recordTraffic } from "./testing/traffic.ts";

let gateway: TestGateway;
let proxy: CutProxy;

beforeAll(async () => {
  gateway = await startGateway();
  proxy = await startCutProxy(gateway.service.port);
  await gateway.direct("CREATE TABLE prints (id serial PRIMARY KEY, note text UNIQUE)");
});

beforeEach(async () => void (await gateway.direct("TRUNCATE prints")));

afterAll(async () => {
  await proxy.close();
  await gateway.stop();
});

/** Answers in turn; the last again and again. */
function scripted(...answers: readonly (Response | Error)[]) {
  let calls = 0;
  const fetch = async () => {
    const answer = answers[Math.min(calls, answers.length - 1)];
    calls += 1;
    if (answer instanceof Response) return answer.clone();
    throw answer ?? new Error("nothing scripted");
  };
  return { fetch, calls: () => calls };
}

function failure(status: number, code: string): Response {
  return Response.json({ message: `about ${code}`, code }, { status });
}

const EMPTY = Response.json({ fields: [], command: "SELECT", rowCount: 0, rows: [] });
const READ = "SELECT 1";
const WRITE = "INSERT INTO prints (note) VALUES ('x')";

test("rows come as objects of plain values", async () => {
  const client = createXataClient({ url: gateway.url() });

  const result = await client.query(
    "SELECT $1::int AS id, $2::timestamptz AS at, $3::int[] AS list, $4::jsonb AS json, $5::bytea AS bytes, $6::bool AS no",
    [7, new Date(0), [1, null], '{"a":[1]}', Uint8Array.of(255), null],
  );

  expect(result).toEqual({
    command: "SELECT",
    rowCount: 1,
    rows: [
      {
        id: 7,
        at: "1970-01-01 00:00:00+00",
        list: "{1,NULL}",
        json: { a: [1] },
        bytes: String.raw`\xff`,
        no: null,
      },
    ],
  });
});

test("a batch is one request and one transaction", async () => {
  const traffic = recordTraffic();
  const client = createXataClient({ url: gateway.url(), fetch: traffic.fetch });
  const insert = { sql: "INSERT INTO prints (note) VALUES ($1)", parameters: ["twice"] };

  const failed = client.batch([insert, insert]);
  await expect(failed).rejects.toMatchObject({
    code: "POSTGRES",
    postgres: { code: "23505", table: "prints" },
  });
  const results = await client.batch(
    [
      insert,
      { sql: "SELECT count(*)::int AS n, current_setting('transaction_isolation') AS level FROM prints" },
    ],
    { isolationLevel: "Serializable" },
  );

  expect(results[1]?.rows).toEqual([{ n: 1, level: "serializable" }]);
  expect(traffic.requests).toEqual([2, 2]);
});

test.each([
  ["UNAUTHORIZED", (url: string) => url.replace(/:[^:@]+@/u, ":wrong@")],
  ["UNREACHABLE", (url: string) => url.replace(/:\d+\//u, ":1/")],
])("%s is told apart, and no error holds the password", async (code, change) => {
  const url = change(gateway.url());

  const error: unknown = await createXataClient({ url })
    .query(READ)
    .catch((reason: unknown) => reason);

  expect(error).toMatchObject({ name: "XataError", code });
  expect(JSON.stringify(error) + String(error)).not.toContain(new URL(url).password);
});

test("more statements than the gateway takes are refused", async () => {
  const client = createXataClient({ url: gateway.url() });
  const statements = Array.from({ length: 101 }, () => ({ sql: READ }));

  await expect(client.batch(statements)).rejects.toMatchObject({ code: "REFUSED", retryable: false });
});

test("an outage fails a read as unreachable, and the same client works again after it", async () => {
  const client = createXataClient({ url: gateway.url() });

  await gateway.service.stopPostgres();
  await expect(client.query(READ)).rejects.toMatchObject({ code: "UNREACHABLE", retryable: true });
  await expect(client.query(WRITE)).rejects.toMatchObject({ code: "OUTCOME_UNKNOWN" });
  await gateway.service.startPostgres();

  expect((await client.query("SELECT 1 AS n")).rows).toEqual([{ n: 1 }]);
});

test.each([
  ["a busy gateway", failure(429, "TOO_MANY_REQUESTS")],
  ["a branch that sleeps", failure(409, "BRANCH_HIBERNATED")],
])("a write is repeated after %s: it did not run", async (_, refusal) => {
  const { fetch, calls } = scripted(refusal, refusal, EMPTY);

  await createXataClient({ url: gateway.url(), fetch }).query(WRITE);

  expect(calls()).toBe(3);
});

test.each([
  ["a lost connection", new TypeError("fetch failed"), "OUTCOME_UNKNOWN"],
  ["500", failure(500, "XX000"), "OUTCOME_UNKNOWN"],
  ["504", failure(504, "QUERY_TIMEOUT"), "OUTCOME_UNKNOWN"],
  ["507", failure(507, "RESPONSE_TOO_LARGE"), "RESPONSE_TOO_LARGE"],
  ["a timeout with the status of later gateways", failure(400, "QUERY_TIMEOUT"), "OUTCOME_UNKNOWN"],
  [
    "a large response with the status of later gateways",
    failure(400, "RESPONSE_TOO_LARGE"),
    "RESPONSE_TOO_LARGE",
  ],
  ["PostgreSQL's refusal", failure(400, "23505"), "POSTGRES"],
])("a write is never repeated after %s", async (_, answer, code) => {
  const { fetch, calls } = scripted(answer, EMPTY);

  await expect(createXataClient({ url: gateway.url(), fetch }).query(WRITE)).rejects.toMatchObject({ code });

  expect(calls()).toBe(1);
});

test("a plain SELECT is repeated after a failure on the way, and not after it took too long", async () => {
  const onTheWay = scripted(new TypeError("fetch failed"), failure(503, "XX000"), EMPTY);
  const tooLong = scripted(failure(504, "QUERY_TIMEOUT"), EMPTY);

  await createXataClient({ url: gateway.url(), fetch: onTheWay.fetch }).query(READ);
  const slow = createXataClient({ url: gateway.url(), fetch: tooLong.fetch }).query(READ);

  await expect(slow).rejects.toMatchObject({ code: "TIMEOUT" });
  expect([onTheWay.calls(), tooLong.calls()]).toEqual([3, 1]);
});

test("retries come to an end", async () => {
  const { fetch, calls } = scripted(failure(429, "TOO_MANY_REQUESTS"));

  await expect(createXataClient({ url: gateway.url(), fetch }).query(READ)).rejects.toMatchObject({
    code: "BUSY",
  });

  expect(calls()).toBe(4);
});

test("an answer that isn't the gateway's is not taken for one", async () => {
  const { fetch } = scripted(new Response("<html>Sign in</html>"));

  await expect(createXataClient({ url: gateway.url(), fetch }).query(READ)).rejects.toMatchObject({
    code: "PROTOCOL",
  });
});

test("a write whose reply is cut off has an unknown outcome, happened, and is not repeated", async () => {
  const client = createXataClient({ url: gateway.urlThrough(proxy.port) });
  const before = proxy.connections();

  proxy.hold("replies");
  const write = client.query(WRITE).catch((error: unknown) => error);
  while ((await gateway.direct("SELECT 1 FROM prints")).length === 0);
  proxy.cut();

  expect(isOutcomeUnknown(await write)).toBe(true);
  expect(await gateway.direct("SELECT count(*)::int AS n FROM prints")).toEqual([{ n: 1 }]);
  expect(proxy.connections() - before).toBe(1);
});

test("a caller's signal and the time limit end a call", async () => {
  const client = createXataClient({ url: gateway.url(), timeoutMs: 100 });
  const sleep = "SELECT pg_sleep(20)";

  const aborted = client.query("SELECT 1", [], { signal: AbortSignal.abort() });

  await expect(aborted).rejects.toMatchObject({ code: "TIMEOUT" });
  await expect(client.query(sleep)).rejects.toMatchObject({ code: "OUTCOME_UNKNOWN" });
});

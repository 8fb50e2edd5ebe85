import type { SqlDriverAdapter, SqlQuery, Transaction } from "@prisma/driver-adapter-utils";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { startCutProxy, type CutProxy } from "../testing/cut-proxy.ts";
import { startGateway, type TestGateway } from "../testing/gateway.ts";
import { recordTraffic } from "../testing/traffic.ts";
import { PrismaXata } from "./adapter.ts";

let gateway: TestGateway;
let proxy: CutProxy;

beforeAll(async () => {
  gateway = await startGateway();
  proxy = await startCutProxy(gateway.service.port);
  await gateway.direct("CREATE TABLE prints (id int PRIMARY KEY)");
});

beforeEach(async () => void (await gateway.direct("TRUNCATE prints")));

afterAll(async () => {
  await proxy.close();
  await gateway.stop();
});

async function open(url = gateway.url(), timeoutMs?: number): Promise<SqlDriverAdapter> {
  return new PrismaXata({ url, timeoutMs }).connect();
}

function statement(sql: string): SqlQuery {
  return { sql, args: [], argTypes: [] };
}

async function insert(transaction: Transaction, id: number): Promise<void> {
  await transaction.executeRaw(statement(`INSERT INTO prints VALUES (${id})`));
}

async function prints(): Promise<readonly unknown[]> {
  return gateway.direct("SELECT id FROM prints ORDER BY id");
}

test("a statement is one request, and a transaction one WebSocket", async () => {
  const traffic = recordTraffic();
  const adapter = await new PrismaXata({ url: gateway.url(), ...traffic }).connect();

  await adapter.queryRaw(statement("SELECT 1"));
  const transaction = await adapter.startTransaction();
  await insert(transaction, 1);
  await insert(transaction, 2);
  await transaction.commit();

  expect(traffic.requests).toEqual([1]);
  expect(traffic.webSockets).toHaveLength(1);
  expect(await prints()).toEqual([{ id: 1 }, { id: 2 }]);
});

test.each<[string, (transaction: Transaction) => Promise<void>]>([
  ["a commit", async (transaction) => transaction.commit()],
  ["a rollback", async (transaction) => transaction.rollback()],
  ["a commit of nothing", async (transaction) => transaction.commit()],
  [
    "a failed commit",
    async (transaction) => {
      await transaction.executeRaw(statement("SELECT 1/0")).catch(() => {});
      await transaction.commit().catch(() => {});
    },
  ],
  [
    "a rollback while a statement runs",
    async (transaction) => {
      const running = transaction.executeRaw(statement("SELECT pg_sleep(20)")).catch(() => {});
      await transaction.rollback();
      await running;
    },
  ],
])("the WebSocket is closed after %s", async (_, end) => {
  const traffic = recordTraffic();
  const adapter = await new PrismaXata({ url: gateway.url(), ...traffic }).connect();
  const transaction = await adapter.startTransaction();

  await end(transaction);

  await Promise.all(traffic.webSockets.map(({ closed }) => closed));
  expect(traffic.webSockets).toHaveLength(1);
});

test("a statement that runs when its transaction is closed fails at once, and says why", async () => {
  const transaction = await (await open()).startTransaction();

  const running = transaction.executeRaw(statement("SELECT pg_sleep(20)")).catch((error: unknown) => error);
  await transaction.rollback();

  expect(await running).toMatchObject({ cause: { kind: "TransactionAlreadyClosed" } });
});

test("what is rolled back is not there, and its locks are gone when the rollback returns", async () => {
  const transaction = await (await open()).startTransaction();
  await insert(transaction, 1);
  await transaction.executeRaw(statement("LOCK TABLE prints IN ACCESS EXCLUSIVE MODE"));

  await transaction.rollback();

  expect(await gateway.direct("SET lock_timeout = 1; SELECT count(*)::int AS n FROM prints")).toEqual([
    { n: 0 },
  ]);
});

test("savepoints undo a part", async () => {
  const transaction = await (await open()).startTransaction();

  await insert(transaction, 1);
  await transaction.createSavepoint?.("here");
  await insert(transaction, 2);
  await transaction.rollbackToSavepoint?.("here");
  await transaction.releaseSavepoint?.("here");
  await transaction.commit();

  expect(await prints()).toEqual([{ id: 1 }]);
});

test("the isolation level is the one asked for", async () => {
  const transaction = await (await open()).startTransaction("SERIALIZABLE");

  const { rows } = await transaction.queryRaw(statement("SHOW transaction_isolation"));
  await transaction.rollback();

  expect(rows).toEqual([["serializable"]]);
  await expect((await open()).startTransaction("SNAPSHOT")).rejects.toMatchObject({
    cause: { kind: "InvalidIsolationLevel" },
  });
});

test("a commit that PostgreSQL turns into a rollback is an error, not a success", async () => {
  const transaction = await (await open()).startTransaction();
  await insert(transaction, 1);
  await insert(transaction, 1).catch(() => {});

  await expect(transaction.commit()).rejects.toMatchObject({ code: "NOT_COMMITTED" });

  expect(await prints()).toEqual([]);
});

test("a deferred constraint that fails at COMMIT is PostgreSQL's own error", async () => {
  await gateway.direct(
    "CREATE TABLE later (id int, CONSTRAINT later_key UNIQUE (id) DEFERRABLE INITIALLY DEFERRED)",
  );
  const transaction = await (await open()).startTransaction();
  await transaction.executeRaw(statement("INSERT INTO later VALUES (1), (1)"));

  await expect(transaction.commit()).rejects.toMatchObject({ cause: { kind: "UniqueConstraintViolation" } });
});

test("a connection that is cut after COMMIT arrived and before its reply: unknown, happened, and not repeated", async () => {
  const connectionsBefore = proxy.connections();
  const transaction = await (await open(gateway.urlThrough(proxy.port))).startTransaction();
  await insert(transaction, 1);

  proxy.hold("replies");
  const commit = transaction.commit().catch((error: unknown) => error);
  while ((await prints()).length === 0);
  proxy.cut();

  expect(await commit).toMatchObject({ name: "XataError", code: "OUTCOME_UNKNOWN", retryable: false });
  expect(await prints()).toEqual([{ id: 1 }]);
  expect(proxy.connections() - connectionsBefore).toBe(1);
});

test("a connection that is cut before COMMIT arrived: unknown as well, and did not happen", async () => {
  const transaction = await (await open(gateway.urlThrough(proxy.port))).startTransaction();
  await insert(transaction, 1);

  proxy.hold("requests");
  const commit = transaction.commit().catch((error: unknown) => error);
  proxy.cut();

  expect(await commit).toMatchObject({ code: "OUTCOME_UNKNOWN" });
  expect(await prints()).toEqual([]);
});

test("a connection that is cut before any COMMIT was sent: nothing happened, and the error says so", async () => {
  const transaction = await (await open(gateway.urlThrough(proxy.port))).startTransaction();
  await insert(transaction, 1);

  proxy.cut();
  const next = await insert(transaction, 2).catch((error: unknown) => error);
  await transaction.rollback();

  expect(next).toMatchObject({ cause: { kind: "ConnectionClosed", originalCode: "CONNECTION_LOST" } });
  expect(await prints()).toEqual([]);
});

test("a COMMIT without any reply ends at the time limit, with an unknown outcome", async () => {
  const transaction = await (await open(gateway.urlThrough(proxy.port), 200)).startTransaction();
  await insert(transaction, 1);

  proxy.hold("replies");
  const commit = await transaction.commit().catch((error: unknown) => error);
  proxy.cut();

  expect(commit).toMatchObject({ code: "OUTCOME_UNKNOWN" });
});

test.each([
  ["a wrong password", (url: string) => url.replace(/:[^:@]+@/u, ":wrong@"), "AuthenticationFailed"],
  ["no gateway", (url: string) => url.replace(/:\d+\//u, ":1/"), "DatabaseNotReachable"],
])("with %s a transaction doesn't start", async (_, change, kind) => {
  const adapter = await open(change(gateway.url()));

  await expect(adapter.startTransaction()).rejects.toMatchObject({ cause: { kind } });
});

test("during an outage a transaction doesn't start", async () => {
  await gateway.service.stopPostgres();

  await expect((await open()).startTransaction()).rejects.toMatchObject({
    cause: { kind: "DatabaseNotReachable" },
  });

  await gateway.service.startPostgres();
});

test("times are right whatever zone the role's sessions have", async () => {
  await gateway.direct(`ALTER ROLE contract SET timezone = 'Asia/Tokyo';
    CREATE TABLE times (zoned timestamptz, plain timestamp, of_day timetz)`);
  const adapter = await open();
  const instant = "2026-01-02T03:04:05.678Z";
  const datetime = { scalarType: "datetime", arity: "scalar" } as const;

  await adapter.executeRaw({
    sql: "INSERT INTO times VALUES ($1, $2, $3)",
    args: [instant, instant, instant],
    argTypes: [datetime, datetime, { ...datetime, dbType: "TIMETZ" }],
  });
  const { rows } = await adapter.queryRaw(statement("SELECT * FROM times"));
  const [stored] = await gateway.direct("SELECT extract(epoch FROM zoned)::text AS seconds FROM times");
  await gateway.direct("ALTER ROLE contract SET timezone = 'UTC'");

  expect(stored).toEqual({ seconds: "1767323045.678000" });
  expect(rows).toEqual([["2026-01-02T03:04:05.678+00:00", "2026-01-02T03:04:05.678+00:00", "03:04:05.678"]]);
});

test("a script runs as a whole or not at all", async () => {
  const adapter = await open();

  const failed = adapter.executeScript("INSERT INTO prints VALUES (1); SELECT 1/0");
  await expect(failed).rejects.toMatchObject({ cause: { code: "22012" } });
  await adapter.executeScript("INSERT INTO prints VALUES (2); INSERT INTO prints VALUES (3)");

  expect(await prints()).toEqual([{ id: 2 }, { id: 3 }]);
});

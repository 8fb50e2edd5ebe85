import type { SqlDriverAdapterFactory } from "@prisma/driver-adapter-utils";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { isOutcomeUnknown } from "../errors.ts";
import type { Fetch } from "../http/sql-endpoint.ts";
import { generateClients, schemaSql, type GeneratedClients } from "../testing/clients.ts";
import { startCutProxy, type CutProxy } from "../testing/cut-proxy.ts";
import type { Client } from "../testing/data-steps.ts";
import { startGateway, type TestGateway } from "../testing/gateway.ts";
import { recordTraffic } from "../testing/traffic.ts";
import { prismaWithBatches } from "./batches.ts";
import { withoutSharedMoments } from "./moments.ts";

type Work = (db: Client) => readonly Promise<unknown>[];

let clients: GeneratedClients;
let gateway: TestGateway;
let proxy: CutProxy;
let create: (adapter: SqlDriverAdapterFactory) => Client;
let createSerializable: (adapter: SqlDriverAdapterFactory) => Client;

beforeAll(async () => {
  [clients, gateway] = await Promise.all([generateClients(), startGateway()]);
  proxy = await startCutProxy(gateway.service.port);
  await gateway.direct(await schemaSql());
  const { PrismaClient } = await import(clients.forNode);
  create = (adapter) => new PrismaClient({ adapter });
  const transactionOptions = { isolationLevel: "Serializable" };
  createSerializable = (adapter) => new PrismaClient({ adapter, transactionOptions });
});

beforeEach(async () => {
  await gateway.direct(
    `TRUNCATE makers, "Spool", "Tag" CASCADE; INSERT INTO makers VALUES (1, 'ada@example.com')`,
  );
});

afterAll(async () => {
  await proxy.close();
  await gateway.stop();
  await clients.remove();
});

const ONE_REQUEST: readonly (readonly [string, Work])[] = [
  [
    "a page and its total",
    (db) => [db.maker.findMany({ take: 10, orderBy: { id: "asc" } }), db.maker.count()],
  ],
  [
    "reads of other kinds",
    (db) => [
      db.maker.findUnique({ where: { id: 1 } }),
      db.maker.findUnique({ where: { id: 2 } }),
      db.spool.aggregate({ _sum: { grams: true } }),
      db.spool.groupBy({ by: ["material"], _count: true }),
    ],
  ],
  [
    "writes and a count",
    (db) => [
      db.maker.create({ data: { id: 2, email: "bob@example.com" } }),
      db.spool.createMany({ data: [{ id: crypto.randomUUID(), color: "red", makerId: 2 }] }),
      db.tag.createManyAndReturn({ data: [{ name: "a" }, { name: "b" }] }),
      db.maker.updateMany({ where: { spools: { some: {} } }, data: { name: "Bob" } }),
      db.tag.deleteMany({ where: { name: "b" } }),
      db.tag.count(),
    ],
  ],
];

const ONE_SESSION: readonly (readonly [string, Work])[] = [
  [
    "a change that fails without a row",
    (db) => [db.maker.update({ where: { id: 1 }, data: { name: "Ada" } }), db.maker.count()],
  ],
  ["relations to load", (db) => [db.maker.findMany({ include: { spools: true } }), db.maker.count()]],
  [
    "a nested write",
    (db) => [
      db.tag.create({ data: { name: "c" } }),
      db.maker.create({ data: { id: 3, email: "cy@example.com", tags: { create: { name: "d" } } } }),
    ],
  ],
  ["a raw query", (db) => [db.$executeRaw`UPDATE makers SET name = 'x'`, db.maker.count()]],
];

test.each(ONE_REQUEST)("%s are one request", async (_, work) => {
  const traffic = recordTraffic();
  const db = prismaWithBatches(create, { url: gateway.url(), ...traffic });
  const operations = work(db);

  const results = await db.$transaction(operations);

  expect(results).toHaveLength(operations.length);
  expect(traffic.requests).toEqual([operations.length]);
  expect(traffic.webSockets).toEqual([]);
});

test.each(ONE_SESSION)("%s is one session, and no request", async (_, work) => {
  const traffic = recordTraffic();
  const db = prismaWithBatches(create, { url: gateway.url(), ...traffic });

  await db.$transaction(work(db));

  expect(traffic.requests).toEqual([]);
  expect(traffic.webSockets).toHaveLength(1);
});

test("lists that run at the same time as each other and as other queries don't mix", async () => {
  const traffic = recordTraffic();
  const db = prismaWithBatches(create, { url: gateway.url(), ...traffic });
  const list = (name: string) =>
    db.$transaction([db.tag.create({ data: { name } }), db.tag.count({ where: { name } })]);

  const results = await Promise.all([list("a"), db.maker.count(), list("b"), db.maker.findMany(), list("c")]);

  expect(results[0]).toEqual([{ name: "a" }, 1]);
  expect(results[4]).toEqual([{ name: "c" }, 1]);
  expect(traffic.requests.toSorted((one, other) => one - other)).toEqual([1, 1, 2, 2, 2]);
});

test("without shared moments no query waits for another's, and a list is one request still", async () => {
  const traffic = recordTraffic();
  const db = prismaWithBatches((adapter) => withoutSharedMoments(create(adapter)), {
    url: gateway.url(),
    ...traffic,
  });
  const find = (id: number) => db.maker.findUnique({ where: { id } });

  const apart = await Promise.all([find(1), find(2)]);
  const together = await db.$transaction([find(1), find(2), db.maker.count()]);

  expect(apart).toMatchObject([{ id: 1 }, null]);
  expect(together).toMatchObject([{ id: 1 }, null, 1]);
  expect(traffic.requests).toEqual([1, 1, 3]);
});

test("a client that is made otherwise is refused", () => {
  expect(() => withoutSharedMoments({})).toThrow("its loader was not found");
});

test("a list that PostgreSQL refuses leaves nothing, and the error names the operation", async () => {
  const db = prismaWithBatches(create, { url: gateway.url() });

  const failed = db.$transaction([
    db.tag.create({ data: { name: "a" } }),
    db.maker.create({ data: { id: 1, email: "new@example.com" } }),
  ]);

  await expect(failed).rejects.toMatchObject({ code: "P2002", meta: { modelName: "Maker" } });
  expect(await gateway.direct('SELECT name FROM "Tag"')).toEqual([]);
});

test("the isolation level is the one asked for, or else the client's own", async () => {
  const levels: unknown[] = [];
  const recording: Fetch = async (url, init) => {
    levels.push(new Headers(init.headers).get("batch-isolation-level"));
    return fetch(url, init);
  };
  const plain = prismaWithBatches(create, { url: gateway.url(), fetch: recording });
  const serializable = prismaWithBatches(createSerializable, { url: gateway.url(), fetch: recording });

  await plain.$transaction([plain.tag.count()]);
  await plain.$transaction([plain.tag.count()], { isolationLevel: "RepeatableRead" });
  await serializable.$transaction([serializable.tag.count()]);

  expect(levels).toEqual([null, "RepeatableRead", "Serializable"]);
});

test("a list whose reply is cut off has an unknown outcome, happened, and is not repeated", async () => {
  const db = prismaWithBatches(create, { url: gateway.urlThrough(proxy.port) });
  const before = proxy.connections();

  proxy.hold("replies");
  const list = db.$transaction([db.tag.create({ data: { name: "a" } })]).catch((error: unknown) => error);
  while ((await gateway.direct('SELECT 1 FROM "Tag"')).length === 0);
  proxy.cut();

  expect(isOutcomeUnknown(await list)).toBe(true);
  expect(proxy.connections() - before).toBe(1);
});

test("an interactive transaction is a session, as without batches", async () => {
  const traffic = recordTraffic();
  const db = prismaWithBatches(create, { url: gateway.url(), ...traffic });

  const total = await db.$transaction(async (tx) => tx.maker.count());

  expect(total).toBe(1);
  expect(traffic.webSockets).toHaveLength(1);
});

test("a list that never ends, as in a request that was cancelled, keeps no other waiting", async () => {
  const connected = Promise.withResolvers<never>();
  const clientsMade: Client[] = [];
  const firstListHangs = (adapter: SqlDriverAdapterFactory) => {
    const connect = clientsMade.length === 1 ? async () => connected.promise : adapter.connect.bind(adapter);
    const { provider, adapterName } = adapter;
    const client = create({ provider, adapterName, connect });
    clientsMade.push(client);
    return client;
  };
  const db = prismaWithBatches(firstListHangs, { url: gateway.url() });

  const hanging = db.$transaction([db.tag.count()]).catch((error: unknown) => error);
  const results = await db.$transaction([db.tag.count(), db.maker.count()]);
  connected.reject(new Error("it was cancelled"));

  expect(results).toEqual([0, 1]);
  expect(clientsMade).toHaveLength(3);
  await hanging;
});

test("without shared moments a list that needs a session is one still, and undone as a whole", async () => {
  const traffic = recordTraffic();
  const db = prismaWithBatches((adapter) => withoutSharedMoments(create(adapter)), {
    url: gateway.url(),
    ...traffic,
  });

  const failed = db.$transaction([
    db.maker.update({ where: { id: 1 }, data: { name: "Ada" } }),
    db.maker.update({ where: { id: 2 }, data: { name: "Bob" } }),
  ]);

  await expect(failed).rejects.toMatchObject({ code: "P2025" });
  expect(traffic.webSockets).toHaveLength(1);
  expect(await gateway.direct("SELECT name FROM makers")).toEqual([{ name: null }]);
});

test("both clients are disconnected, and the next list makes a second one again", async () => {
  let made = 0;
  const counting = (adapter: SqlDriverAdapterFactory) => {
    made += 1;
    return create(adapter);
  };
  const db = prismaWithBatches(counting, { url: gateway.url() });

  await db.$transaction([db.tag.count()]);
  await db.$disconnect();
  const again = await db.$transaction([db.tag.count()]);

  expect(again).toEqual([0]);
  expect(made).toBe(3);
});

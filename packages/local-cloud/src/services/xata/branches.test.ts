import { existsSync } from "node:fs";
import { mkdir, readdir } from "node:fs/promises";
import { join } from "node:path";
import process from "node:process";
import { Client } from "pg";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { BranchRecord } from "./branch-store.ts";
import { post, PRODUCTION, STAGING, startTestXata, type TestAnswer, type TestXata } from "./test-service.ts";
import { longTest } from "../../testing/long-test.ts";

const MINUTE_MS = 60_000;
const WAKE_MS = 100;
let clockMs = Date.parse("2026-01-01T00:00:00Z");
const OPTIONS = { now: () => clockMs, maxConnections: 12 };
const ASLEEP_AFTER_30 = { enabled: true, inactivityPeriodMinutes: 30 };

let xata: TestXata;
let child: BranchRecord;

beforeAll(async () => {
  xata = await startTestXata(OPTIONS);
  await xata.ask({ query: "CREATE TABLE spools (color text)" });
  await xata.ask({ query: "INSERT INTO spools VALUES ('red')" });
  child = await xata.service.branches.createChild(main(), details("child"));
});

afterAll(async () => xata.stop());

function main(): string {
  return xata.service.store.document.defaultBranchId;
}

function details(name: string) {
  const projectId = xata.service.store.document.projects[0]?.id ?? "";
  return { name, projectId, scaleToZero: ASLEEP_AFTER_30 };
}

function urlOf(branchId: string, role = STAGING): string {
  return xata.service.connectionUrl(branchId, role);
}

async function ask(url: string, query: string): Promise<TestAnswer> {
  return post(Number(new URL(url).port), { query }, { "connection-string": url, "array-mode": "true" });
}

async function colors(url: string): Promise<unknown> {
  return (await ask(url, "SELECT color FROM spools ORDER BY color")).body["rows"];
}

async function direct(connectionString: string): Promise<Client> {
  const client = new Client({ connectionString });
  client.on("error", () => {});
  await client.connect();
  return client;
}

async function instant(): Promise<string> {
  const { body } = await ask(xata.url, "SELECT to_json(clock_timestamp())#>>'{}'");
  return (body["rows"] as string[][])[0]?.[0] ?? "";
}

test("a child branch begins with all that its parent holds, and from then on each goes its own way", async () => {
  const url = urlOf(child.id);
  await ask(xata.url, "INSERT INTO spools VALUES ('only in main')");
  await ask(url, "INSERT INTO spools VALUES ('only in child')");

  expect(await colors(url)).toEqual([["only in child"], ["red"]]);
  expect(await colors(xata.url)).toEqual([["only in main"], ["red"]]);
});

test("a branch has a port and passwords of its own: those of its parent are refused, over HTTP and TCP", async () => {
  const parents = new URL(urlOf(child.id));
  parents.password = new URL(xata.url).password;

  const overHttp = await ask(parents.href, "SELECT 1");
  const overTcp = await direct(parents.href).catch((error: unknown) => error);
  const client = await direct(urlOf(child.id, PRODUCTION));
  await client.end();

  expect(parents.port).not.toBe(new URL(xata.url).port);
  expect(overHttp).toMatchObject({ status: 400, body: { code: "28P01" } });
  expect(overTcp).toMatchObject({ code: "28P01" });
});

test("a restore to a point in time is a new branch with what was there then, and the source is left alone", async () => {
  const before = await instant();
  await ask(xata.url, "DELETE FROM spools WHERE color = 'red'");

  const { id } = await xata.service.branches.restore(main(), { ...details("then"), targetTime: before });

  expect(await colors(urlOf(id))).toEqual([["only in main"], ["red"]]);
  expect(await colors(xata.url)).toEqual([["only in main"]]);
  await xata.service.branches.remove(id);
});

longTest(
  "everything committed is restored when the source was killed, whose last writes are in no archive",
  async () => {
    await ask(xata.url, "INSERT INTO spools VALUES ('before the kill')");
    const now = await instant();
    process.kill(xata.service.postgresPid, "SIGKILL");
    await xata.service.stopPostgres();

    const { id } = await xata.service.branches.restore(main(), { ...details("after"), targetTime: now });
    const restored = await colors(urlOf(id));
    await xata.service.startPostgres();

    expect(restored).toEqual([["before the kill"], ["only in main"]]);
    await xata.service.branches.remove(id);
    await ask(xata.url, "DELETE FROM spools WHERE color = 'before the kill'");
  },
);

longTest("a restored branch can be restored again", async () => {
  const { branches } = xata.service;
  const first = await branches.restore(child.id, { ...details("first"), targetTime: undefined });
  await ask(urlOf(first.id), "INSERT INTO spools VALUES ('in first')");
  const then = await instant();
  await ask(urlOf(first.id), "TRUNCATE spools");

  const second = await branches.restore(first.id, { ...details("second"), targetTime: then });

  expect(await colors(urlOf(second.id))).toEqual([["in first"], ["only in child"], ["red"]]);
  for (const { id } of [first, second]) await branches.remove(id);
});

test("after a rotation the old password is refused at once, the new one holds, and open sessions go on", async () => {
  const old = urlOf(child.id);
  const session = await direct(old);
  await ask(old, "SELECT 1");

  await xata.service.branches.rotate(child.id, STAGING);
  const refused = await ask(old, "SELECT 1");
  const refusedLogin = await direct(old).catch((error: unknown) => error);
  const { rows } = await session.query("SELECT 'still here' AS word");
  await session.end();

  expect(refused).toMatchObject({ status: 400, body: { code: "28P01" } });
  expect(refusedLogin).toMatchObject({ code: "28P01" });
  expect(rows).toEqual([{ word: "still here" }]);
  expect((await ask(urlOf(child.id), "SELECT 1")).status).toBe(200);
});

test("a branch hibernates when nobody was connected for its period, and wakes at the next request", async () => {
  const branch = xata.service.branches.get(child.id);
  const session = await direct(urlOf(child.id));
  clockMs += 31 * MINUTE_MS;
  await xata.service.hibernateIdle();
  const whileConnected = branch?.isAwake;
  await session.end();
  await expect.poll(() => branch?.guests).toBe(0);

  clockMs += 29 * MINUTE_MS;
  await xata.service.hibernateIdle();
  const tooEarly = branch?.isAwake;
  clockMs += 2 * MINUTE_MS;
  await xata.service.hibernateIdle();

  expect([whileConnected, tooEarly, branch?.isAwake]).toEqual([true, true, false]);
  expect(xata.service.store.branch(child.id)?.hibernated).toBe(true);
  expect(await colors(urlOf(child.id))).toEqual([["only in child"], ["red"]]);
  expect(xata.service.store.branch(child.id)?.hibernated).toBe(false);
  expect(xata.log.some((line) => /^branch child is awake after \d+ ms$/u.test(line))).toBe(true);
});

test("a hibernated branch wakes for a direct connection too", async () => {
  await xata.service.branches.get(child.id)?.hibernate();

  const client = await direct(urlOf(child.id));
  const { rows } = await client.query("SELECT count(*)::int AS count FROM spools");
  await client.end();

  expect(rows).toEqual([{ count: 2 }]);
});

test("a branch that was put to sleep for good refuses: 409 over HTTP, FATAL 57P01 over TCP and WebSocket", async () => {
  const { store, branches } = xata.service;
  const record = store.branch(child.id) ?? child;
  store.putBranch({ ...record, scaleToZero: { ...ASLEEP_AFTER_30, enabled: false } });
  await branches.get(child.id)?.hibernate();

  const overHttp = await ask(urlOf(child.id), "SELECT 1");
  const overTcp = await direct(urlOf(child.id)).catch((error: unknown) => error);
  const overWebSocket = await firstMessage(branches.get(child.id)?.port ?? 0);
  await branches.get(child.id)?.start();
  store.putBranch(record);

  const message = "branch is hibernated, reactivate it to continue";
  expect(overHttp).toEqual({ status: 409, body: { code: "BRANCH_HIBERNATED", message } });
  expect(overTcp).toMatchObject({ severity: "FATAL", code: "57P01", message });
  expect(overWebSocket).toContain(`C57P01\0M${message}`);
});

test("with all connections taken the next is refused with 53300, over TCP and over HTTP", async () => {
  const clients: Client[] = [];
  const overTcp = await (async () => {
    for (;;) clients.push(await direct(urlOf(child.id, PRODUCTION)));
  })().catch((error: unknown) => error);

  const overHttp = await ask(urlOf(child.id, PRODUCTION), "SELECT 1");
  await Promise.all(clients.map(async (client) => client.end()));

  expect(overTcp).toMatchObject({ severity: "FATAL", code: "53300" });
  expect(overHttp).toMatchObject({ status: 400, body: { severity: "FATAL", code: "53300" } });
});

test("a statement over TCP is cancelled after the role's 30 s, which a session may shorten", async () => {
  const client = await direct(urlOf(child.id));

  const { rows } = await client.query("SHOW statement_timeout");
  await client.query("SET statement_timeout = '20ms'");
  const cancelled = client.query("SELECT pg_sleep(10)");

  await expect(cancelled).rejects.toMatchObject({ code: "57014" });
  expect(rows).toEqual([{ statement_timeout: "30s" }]);
  await client.end();
});

test("branches outlive a restart with data, passwords and port, and what was half made is cleared away", async () => {
  const url = urlOf(child.id);
  const rotated = urlOf(main());
  const halfMade = join(xata.dataDir, "branches", "halfmade", "postgres", "data");
  await xata.service.stop();
  await mkdir(halfMade, { recursive: true });

  xata = await startTestXata({ ...OPTIONS, wakeDelayMs: WAKE_MS + 1, dataDir: xata.dataDir });
  const wasAwake = xata.service.branches.get(child.id)?.isAwake;
  const askedAtMs = performance.now();
  const rows = await colors(url);

  expect(wasAwake).toBe(false);
  expect(performance.now() - askedAtMs).toBeGreaterThanOrEqual(WAKE_MS);
  expect(rows).toEqual([["only in child"], ["red"]]);
  expect(urlOf(child.id)).toBe(url);
  expect(new URL(urlOf(main())).password).toBe(new URL(rotated).password);
  expect(existsSync(halfMade)).toBe(false);
});

test("a removed branch takes its connections, its port and its data with it", async () => {
  const url = urlOf(child.id);
  const session = await direct(url);
  const cut = new Promise((resolve) => void session.once("error", resolve));

  await xata.service.branches.remove(child.id);
  await cut;

  await expect(ask(url, "SELECT 1")).rejects.toThrow("fetch failed");
  expect(await readdir(join(xata.dataDir, "branches"))).toEqual([]);
  expect(await colors(xata.url)).toEqual([["only in main"]]);
});

longTest("what no restore needs any more is dropped, and what is left is still restorable", async () => {
  const { dropOldBackups, listBaseCopies, takeBaseCopy } = await import("./backups.ts");
  const { branches } = xata.service;
  const { cluster } = branches.get(main()) ?? {};
  if (cluster === undefined) throw new Error("no default branch");
  await xata.service.stop();
  const [first] = await listBaseCopies(cluster);
  await takeBaseCopy(cluster, Date.now());
  const archivedBefore = (await readdir(cluster.archiveDir)).length;

  await dropOldBackups(cluster, { nowMs: Date.now(), retentionMs: 0 });
  const copies = await listBaseCopies(cluster);
  const archivedAfter = (await readdir(cluster.archiveDir)).length;
  xata = await startTestXata({ ...OPTIONS, dataDir: xata.dataDir });
  const { id } = await xata.service.branches.restore(main(), { ...details("latest"), targetTime: undefined });

  expect(copies).toHaveLength(1);
  expect(copies[0]?.takenAtMs).toBeGreaterThan(first?.takenAtMs ?? Infinity);
  expect(archivedAfter).toBeLessThan(archivedBefore);
  expect(await colors(urlOf(id))).toEqual([["only in main"]]);
});

/** Sends a startup message over a WebSocket and waits for the first answer. */
async function firstMessage(port: number): Promise<string> {
  const socket = new WebSocket(`ws://127.0.0.1:${port}/v2`);
  socket.binaryType = "arraybuffer";
  socket.addEventListener("open", () => socket.send(Buffer.from("\0\0\0\x0e\0\x03\0\0user\0\0")));
  return new Promise((resolve) => {
    socket.addEventListener("message", (event) => {
      resolve(Buffer.from(event.data as ArrayBuffer).toString());
      socket.close();
    });
  });
}

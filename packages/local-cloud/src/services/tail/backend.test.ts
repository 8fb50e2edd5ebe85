import { on, once } from "node:events";
import { createServer } from "node:http";
import { type AddressInfo } from "node:net";
import { afterEach, expect, test } from "vitest";
import { WebSocket } from "ws";
import { TailBackend } from "./backend.ts";
import type { TailFilters } from "./filters.ts";

const stops: (() => void)[] = [];
afterEach(() => {
  for (const stop of stops.splice(0)) stop();
});

const VERSION = { worker: "hello", id: "5e3f1d7c-0000-4000-8000-000000000000" } as never;
const event = (outcome: string) => ({
  outcome,
  logs: [],
  exceptions: [],
  eventTimestamp: 0,
  event: null,
});

async function connected(
  filters: TailFilters = [],
  clock = { now: 0 },
): Promise<{ readonly tails: TailBackend; readonly client: WebSocket }> {
  const tails = new TailBackend(
    () => clock.now,
    () => 0,
  );
  const server = createServer().on("upgrade", (request, socket, head) =>
    tails.connect(request, socket, head),
  );
  await once(server.listen(0, "127.0.0.1"), "listening");
  const { id } = tails.create("hello", filters);
  const client = new WebSocket(
    `ws://127.0.0.1:${(server.address() as AddressInfo).port}/tails/${id}`,
    "trace-v1",
  );
  stops.push(() => {
    client.terminate();
    tails.stop();
    server.close();
  });
  await once(client, "open");
  return { tails, client };
}

async function next(client: WebSocket): Promise<unknown> {
  const [data] = (await once(client, "message")) as [Buffer];
  return JSON.parse(data.toString("utf8")) as unknown;
}

async function received(client: WebSocket, until: (event: unknown) => boolean): Promise<readonly unknown[]> {
  const events: unknown[] = [];
  for await (const [data] of on(client, "message") as AsyncIterable<[Buffer]>) {
    events.push(JSON.parse(data.toString("utf8")));
    if (until(events.at(-1))) return events;
  }
  return events;
}

test("takes an unmasked first frame and masked pings, as wrangler sends them", async () => {
  const { tails, client } = await connected([{ outcome: ["exception"] }]);

  client.send(JSON.stringify({ debug: false }), { mask: false });
  for (let count = 0; count < 3; count += 1) {
    client.ping(`ping ${count}`);
    const [payload] = (await once(client, "pong")) as [Buffer];
    expect(payload.toString("utf8")).toBe(`ping ${count}`);
  }
  tails.publish(VERSION, [event("ok"), event("exception")]);

  expect(await next(client)).toMatchObject({ outcome: "exception", scriptName: "hello" });
});

test("a client's filters replace those that the tail was made with", async () => {
  const { tails, client } = await connected([{ outcome: ["exception"] }]);

  client.send(JSON.stringify({ filters: [{ outcome: ["ok"] }] }), { mask: false });
  client.ping();
  await once(client, "pong");
  tails.publish(VERSION, [event("exception"), event("ok")]);

  expect(await next(client)).toMatchObject({ outcome: "ok" });
});

test.each(["not JSON", '{"filters":[{"color":"red"}]}'])(
  "what a client may not send ends its connection only: %s",
  async (text) => {
    const { tails, client } = await connected();

    client.send(text, { mask: false });
    const [code] = (await once(client, "close")) as [number];

    expect(code).toBe(1008);
    expect(() => tails.publish(VERSION, [event("ok")])).not.toThrow();
  },
);

test("with too many events of a second it is said so, one in ten comes, and then all again", async () => {
  const clock = { now: 5000 };
  const { tails, client } = await connected([], clock);
  const collected = received(client, (last) => JSON.stringify(last).includes("the end"));

  tails.publish(
    VERSION,
    Array.from({ length: 1100 }, () => event("ok")),
  );
  clock.now += 3000;
  tails.publish(VERSION, [event("ok"), event("the end")]);
  const events = await collected;

  const types = events.map((one) => (one as { event: { type?: string } | null }).event?.type);
  expect(types.indexOf("overload")).toBe(100);
  expect(types.at(-3)).toBe("overload-stop");
  expect(events).toHaveLength(100 + 1 + 100 + 1 + 2);
});

test("carries cron and queue events, exceptions and logs through as they are", async () => {
  const { tails, client } = await connected();
  const collected = received(client, (last) => JSON.stringify(last).includes("batchSize"));
  const cron = {
    ...event("exception"),
    event: { cron: "* * * * *", scheduledTime: 1 },
    exceptions: [{ name: "TypeError", message: "boom", timestamp: 2, stack: "at x" }],
    logs: [{ level: "warn", message: ["a", { b: 1 }], timestamp: 3 }],
  };
  const queue = { ...event("ok"), event: { queue: "jobs", batchSize: 2 } };

  tails.publish(VERSION, [cron, queue]);

  expect(await collected).toMatchObject([cron, queue]);
});

test("a client that does not read costs no more memory than its unread events may have", async () => {
  const clock = { now: 0 };
  const { tails, client } = await connected([], clock);
  client.pause();
  const large = { ...event("ok"), logs: [{ level: "log", message: ["x".repeat(1_000_000)], timestamp: 0 }] };
  for (let second = 1; second <= 60; second += 1) {
    clock.now = second * 1000;
    tails.publish(VERSION, [large]);
  }
  let events: readonly unknown[] = [];
  void received(client, (last) => JSON.stringify(last).includes("the end")).then((all) => (events = all));

  client.resume();
  await expect
    .poll(() => {
      tails.publish(VERSION, [event("the end")]);
      return events.length;
    })
    .toBeGreaterThan(0);

  expect(events.length).toBeLessThan(30);
});

test("a tail is gone when it expires", () => {
  const clock = { now: 0 };
  const tails = new TailBackend(() => clock.now);
  tails.create("hello");
  clock.now = 7 * 60 * 60 * 1000;

  expect(tails.list("hello")).toEqual([]);
  tails.stop();
});

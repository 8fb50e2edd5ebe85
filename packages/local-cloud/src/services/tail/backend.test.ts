import { once } from "node:events";
import { createServer } from "node:http";
import { type AddressInfo } from "node:net";
import { afterEach, expect, test } from "vitest";
import { WebSocket } from "ws";
import { TailBackend } from "./backend.ts";

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

async function connected(): Promise<{ readonly tails: TailBackend; readonly client: WebSocket }> {
  const tails = new TailBackend();
  const server = createServer().on("upgrade", (request, socket, head) =>
    tails.connect(request, socket, head),
  );
  await once(server.listen(0, "127.0.0.1"), "listening");
  const { id } = tails.create("hello");
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

test("takes filters in an unmasked frame and pings in masked ones, as wrangler sends them", async () => {
  const { tails, client } = await connected();

  client.send(JSON.stringify({ filters: [{ outcome: ["exception"] }] }), { mask: false });
  for (let count = 0; count < 3; count += 1) {
    client.ping(`ping ${count}`);
    const [payload] = (await once(client, "pong")) as [Buffer];
    expect(payload.toString("utf8")).toBe(`ping ${count}`);
  }
  tails.publish(VERSION, [event("ok"), event("exception")]);

  expect(await next(client)).toMatchObject({ outcome: "exception", scriptName: "hello" });
});

import { once } from "node:events";
import { createServer, type IncomingMessage, type Server } from "node:http";
import { connect, type AddressInfo, type Socket } from "node:net";
import { afterEach, beforeEach, expect, test } from "vitest";
import { beginExchange, type RequestRecord } from "./exchange.ts";
import type { Instance } from "./instance.ts";
import type { Lease } from "./pool.ts";
import { forwardUpgrade } from "./upgrade.ts";

const UPGRADE = "GET /chat HTTP/1.1\r\nhost: a\r\nconnection: upgrade\r\nupgrade: websocket\r\n\r\n";

/** Stands for a version's process. */
let version: Server;
let edge: Server;
let releases: number;
let records: RequestRecord[];

beforeEach(async () => {
  releases = 0;
  records = [];
  version = await listening(createServer());
  edge = await listening(createServer());
});

afterEach(() => {
  for (const server of [edge, version]) {
    server.closeAllConnections();
    server.close();
  }
});

async function listening(server: Server): Promise<Server> {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return server;
}

const portOf = (server: Server) => (server.address() as AddressInfo).port;

/** A client's request at the edge that is not forwarded yet. */
async function arrived(): Promise<{
  client: Socket;
  request: IncomingMessage;
  socket: Socket;
  head: Buffer;
}> {
  const client = connect(portOf(edge), "127.0.0.1").on("error", () => undefined);
  client.write(UPGRADE);
  const [request, socket, head] = (await once(edge, "upgrade")) as [IncomingMessage, Socket, Buffer];
  socket.on("error", () => socket.destroy());
  return { client, request, socket, head };
}

function lease(): Lease {
  return {
    instance: { portFor: () => portOf(version) } as unknown as Instance,
    progress: () => undefined,
    release: () => {
      releases += 1;
      return 0;
    },
    ended: () => undefined,
  };
}

function forwarded({ request, socket, head }: Awaited<ReturnType<typeof arrived>>): void {
  const onRequest = (record: RequestRecord) => void records.push(record);
  forwardUpgrade(beginExchange(request), { socket, head }, { lease: lease(), onRequest });
}

/** Also when it was reset. */
function closed(socket: Socket): Promise<void> {
  return new Promise((resolve) => {
    socket.on("error", () => socket.destroy()).once("close", () => resolve());
  });
}

const noted = () => records.map(({ status, outcome }) => [status, outcome]);

test("a client that leaves before the answer ends the request to the version, and the hold on it", async () => {
  const exchange = await arrived();
  forwarded(exchange);
  const [, atVersion] = (await once(version, "upgrade")) as [IncomingMessage, Socket];
  const ended = once(atVersion.resume(), "end");

  exchange.client.resetAndDestroy();
  await ended;

  expect(noted()).toEqual([[499, "clientDisconnected"]]);
  expect(releases).toBeGreaterThan(0);
});

test("a client that left while the version started is not asked for", async () => {
  const exchange = await arrived();
  exchange.client.resetAndDestroy();
  await closed(exchange.socket);

  forwarded(exchange);

  expect(noted()).toEqual([[499, "clientDisconnected"]]);
  expect(releases).toBeGreaterThan(0);
});

test("a version that breaks off is noted once, and its client is cut", async () => {
  version.on("upgrade", (_, socket) => socket.destroy());
  const exchange = await arrived();
  const cut = closed(exchange.client.resume());

  forwarded(exchange);
  await cut;

  expect(noted()).toEqual([[502, "internalError"]]);
});

test("what both sides send goes on to the other after the switch", async () => {
  version.on("upgrade", (_, socket) => {
    socket.write("HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: websocket\r\n\r\n");
    socket.pipe(socket);
  });
  const exchange = await arrived();
  forwarded(exchange);
  let received = "";
  exchange.client.setEncoding("utf8").on("data", (chunk: string) => (received += chunk));
  await expect.poll(() => received).toContain("\r\n\r\n");

  exchange.client.write("hello");
  await expect.poll(() => received).toMatch(/\r\n\r\nhello$/u);
  exchange.client.destroy();

  await expect.poll(noted).toEqual([[101, "success"]]);
});

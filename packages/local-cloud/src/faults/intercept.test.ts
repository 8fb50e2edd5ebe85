import { once } from "node:events";
import { createServer, request, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { connect, type AddressInfo, type Socket } from "node:net";
import { text } from "node:stream/consumers";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { faultSchema } from "./fault.ts";
import { Faults } from "./faults.ts";
import { intercept } from "./intercept.ts";

let server: Server;
let faults: Faults;
/** What the server carried out, and whether that was in the frozen state. */
let effects: string[];
let frozen: boolean;

beforeEach(async () => {
  effects = [];
  frozen = false;
  faults = new Faults({ freeze: () => "nothing to copy", thaw: () => "nothing to drop" });
  server = createServer((incoming, response) => void carryOut(incoming, response));
  server.on("upgrade", (_, socket) => {
    effects.push("upgrade");
    socket.end("HTTP/1.1 101 Switching Protocols\r\n\r\nhello");
  });
  intercept(server, {
    faults,
    dialect: "cloudflare",
    subject: ({ method = "", url = "" }) => ({ services: ["api"], method, path: url }),
    stale: (work) => {
      frozen = true;
      work();
    },
    onFault: (_, { effect }) => effects.push(`fault ${effect}`),
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
});

afterEach(() => {
  server.closeAllConnections();
  server.close();
});

async function carryOut(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
  const body = await text(incoming);
  effects.push(`${incoming.method} ${incoming.url} ${body}${frozen ? " (stale)" : ""}`);
  const seen = incoming.rawHeaders.filter((name) => name.toLowerCase().startsWith("x-"));
  response.writeHead(200, { "content-type": "application/json" });
  response.end(JSON.stringify({ effects: effects.length, seen }));
}

interface Answer {
  readonly status: number | undefined;
  readonly headers: IncomingMessage["headers"];
  readonly body: string;
}

async function send(
  method: string,
  path: string,
  { body = "", headers = {} }: { body?: string; headers?: Record<string, string> } = {},
): Promise<Answer> {
  const { port } = server.address() as AddressInfo;
  const outgoing = request({ host: "127.0.0.1", port, method, path, headers, agent: false }).end(body);
  return new Promise((resolve, reject) => {
    const answered = async (incoming: IncomingMessage) => ({
      status: incoming.statusCode,
      headers: incoming.headers,
      body: await text(incoming),
    });
    outgoing.on("response", (incoming) => resolve(answered(incoming)));
    outgoing.on("upgrade", (incoming) => resolve(answered(incoming)));
    outgoing.on("error", reject);
  });
}

const add = (input: Record<string, unknown>) => faults.add(faultSchema.parse({ service: "api", ...input }));

describe("a request that meets a fault", () => {
  test("gets the error instead of being carried out", async () => {
    add({ effect: "error", status: 429, retryAfterSeconds: 7, times: 1 });

    const refused = await send("POST", "/things", { body: "one" });
    const passed = await send("POST", "/things", { body: "two" });

    expect(refused).toMatchObject({ status: 429, headers: { "retry-after": "7" } });
    expect(JSON.parse(refused.body)).toMatchObject({ success: false, errors: [{ code: 971 }] });
    expect(passed.status).toBe(200);
    expect(effects).toEqual(["fault error", "POST /things two"]);
  });

  test("gets the error after it was carried out, where the fault says so", async () => {
    add({ effect: "error", status: 502, code: 1234, message: "lost", when: "after" });

    const answer = await send("POST", "/things", { body: "one" });

    expect(JSON.parse(answer.body)).toMatchObject({ errors: [{ code: 1234, message: "lost" }] });
    expect(effects).toEqual(["fault error", "POST /things one"]);
  });

  test.each([
    ["before", ["fault reset"]],
    ["after", ["fault reset", "PUT /things one"]],
  ])("loses its connection %s the effect", async (when, expected) => {
    add({ effect: "reset", when });

    await expect(send("PUT", "/things", { body: "one" })).rejects.toMatchObject({ code: "ECONNRESET" });
    expect(effects).toEqual(expected);
  });

  test("is carried out twice, with the same body and nothing added to it", async () => {
    add({ effect: "duplicate" });

    const answer = await send("POST", "/things", { body: "one", headers: { "x-own": "1" } });

    expect(JSON.parse(answer.body)).toEqual({ effects: 3, seen: ["x-own"] });
    expect(effects).toEqual(["fault duplicate", "POST /things one", "POST /things one"]);
  });

  test("gets half of its answer, as a whole one", async () => {
    add({ effect: "malformed" });

    const answer = await send("GET", "/things");

    expect(answer).toMatchObject({ status: 200, headers: { "content-type": "application/json" } });
    expect(answer.body).toBe('{"effects":');
    expect(answer.headers["content-length"]).toBe(String(answer.body.length));
  });

  test("waits", async () => {
    add({ effect: "latency", latencyMs: 60 });
    const startedAt = performance.now();

    await send("GET", "/things");

    expect(performance.now() - startedAt).toBeGreaterThanOrEqual(59);
  });

  test("reads what was, and writes what is", async () => {
    add({ effect: "stale" });

    await send("POST", "/things");
    await send("GET", "/things");

    expect(effects).toEqual(["POST /things ", "fault stale", "GET /things  (stale)"]);
  });

  test("for another protocol may be given up by its client meanwhile", async () => {
    add({ effect: "latency", latencyMs: 40 });
    const { port } = server.address() as AddressInfo;
    const client = connect(port, "127.0.0.1");
    client.write("GET /socket HTTP/1.1\r\nhost: a\r\nconnection: upgrade\r\nupgrade: websocket\r\n\r\n");
    const [, socket] = (await once(server, "upgrade")) as [IncomingMessage, Socket];

    client.resetAndDestroy();
    await new Promise((resolve) => socket.once("close", resolve));
    await send("GET", "/waits-as-long");

    expect(effects).toEqual(["GET /waits-as-long "]);
  });

  test("for another protocol is refused or cut", async () => {
    const upgrade = { connection: "upgrade", upgrade: "websocket" };
    add({ effect: "error", status: 503, times: 1 });

    const refused = await send("GET", "/socket", { headers: upgrade });
    const passed = await send("GET", "/socket", { headers: upgrade });
    add({ effect: "reset" });

    expect([refused.status, passed.status]).toEqual([503, 101]);
    await expect(send("GET", "/socket", { headers: upgrade })).rejects.toMatchObject({ code: "ECONNRESET" });
  });
});

import { readFileSync, statSync } from "node:fs";
import { connect } from "node:http2";
import { request } from "node:https";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { WebSocket } from "ws";
import type { LocalCloud } from "../cloud.ts";
import { clientEnvironment } from "../commands/env.ts";
import { edgeRequest } from "../testing/edge-request.ts";
import { putWorker, startTestCloud } from "../testing/in-process-cloud.ts";
import { openTlsMaterial } from "./tls/material.ts";

const ECHO = `
export default {
  async fetch(request) {
    const { pathname } = new URL(request.url);
    if (request.headers.get("upgrade") === "websocket") {
      const [client, server] = Object.values(new WebSocketPair());
      server.accept();
      server.addEventListener("message", ({ data }) => server.send("echo " + data));
      return new Response(null, { status: 101, webSocket: client });
    }
    if (pathname === "/echo") return new Response(request.body);
    const headers = new Headers();
    headers.append("set-cookie", "a=1");
    headers.append("set-cookie", "b=2");
    return Response.json({ url: request.url, headers: Object.fromEntries(request.headers), cf: request.cf }, { headers });
  },
};`;

interface Seen {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly cf: Readonly<Record<string, unknown>>;
}

let cloud: LocalCloud;
let ca: Buffer;

beforeAll(async () => {
  cloud = await startTestCloud();
  ca = readFileSync(cloud.ready.caFile);
  await putWorker(cloud, "echo", { source: ECHO });
});
afterAll(() => cloud.stop());

const port = () => Number(new URL(cloud.ready.edgeTlsUrl).port);

function overTls(host: string, trust: Buffer | undefined): Promise<{ body: string; authorized: boolean }> {
  return new Promise((resolve, reject) => {
    const options = { host: "127.0.0.1", port: port(), servername: host, headers: { host }, ca: trust };
    request(options, (response) => {
      const { authorized } = response.socket as unknown as { authorized: boolean };
      text(response).then((body) => resolve({ body, authorized }), reject);
    })
      .on("error", reject)
      .end();
  });
}

describe("HTTPS at the edge", () => {
  test("is trusted by who trusts the local authority, for any name", async () => {
    const { body, authorized } = await overTls("echo.localhost", ca);
    const { url, headers, cf } = JSON.parse(body) as Seen;

    expect(authorized).toBe(true);
    expect(url).toBe("https://echo.localhost/");
    expect(headers).toMatchObject({
      "cf-visitor": '{"scheme":"https"}',
      "cf-connecting-ip": "127.0.0.1",
      "x-forwarded-proto": "https",
    });
    expect(headers["cf-ray"]).toMatch(/^[0-9a-f]{16}-LOC$/u);
    expect(cf).toMatchObject({ colo: "LOC", country: "XX", httpProtocol: "HTTP/1.1", tlsVersion: "TLSv1.3" });
  });

  test("is trusted by no one else", async () => {
    await expect(overTls("echo.localhost", undefined)).rejects.toThrow(/certificate/u);
  });

  test("speaks HTTP/2, with bodies both ways and repeated headers kept apart", async () => {
    const session = connect(`https://echo.localhost:${port()}`, {
      ca,
      lookup: (_hostname, _options, callback) => callback(null, [{ address: "127.0.0.1", family: 4 }]),
    });
    const posted = session.request({ ":method": "POST", ":path": "/echo" });
    posted.end("sent over HTTP/2");
    const asked = session.request({ ":path": "/" });
    const head = new Promise<Record<string, unknown>>((resolve) => asked.once("response", resolve));

    const [echoed, seen, headers] = await Promise.all([text(posted), text(asked), head]);
    session.close();

    expect(echoed).toBe("sent over HTTP/2");
    expect(JSON.parse(seen)).toMatchObject({ cf: { httpProtocol: "HTTP/2", tlsVersion: "TLSv1.3" } });
    expect(headers).toMatchObject({ ":status": 200, "set-cookie": ["a=1", "b=2"], server: "cloudflare" });
  });

  test("carries a WebSocket", async () => {
    const socket = new WebSocket(`wss://127.0.0.1:${port()}/`, [], {
      ca,
      headers: { host: "echo.localhost" },
    });
    const message = new Promise((resolve, reject) =>
      socket
        .once("open", () => socket.send("hello"))
        .once("message", (data: Buffer) => resolve(data.toString()))
        .once("error", reject),
    );

    expect(await message).toBe("echo hello");
    socket.close();
  });

  test("has an authority that is kept, its key for its owner only, and is told to clients", () => {
    const key = join(cloud.ready.dataDir, "tls", "ca-key.pem");

    const again = openTlsMaterial(join(cloud.ready.dataDir, "tls"));

    expect(statSync(key).mode & 0o777).toBe(0o600);
    expect(readFileSync(again.caFile)).toEqual(ca);
    expect(clientEnvironment(cloud.ready)).toMatchObject({ NODE_EXTRA_CA_CERTS: cloud.ready.caFile });
  });
});

describe("plain HTTP at the edge", () => {
  test("tells the Worker so, and lets no client say who it is", async () => {
    const { body } = await edgeRequest(cloud.ready, {
      host: "echo.localhost",
      headers: { "cf-connecting-ip": "203.0.113.1", "cf-ray": "mine", "mf-cf-blob": '{"colo":"XXX"}' },
    });
    const { url, headers, cf } = JSON.parse(body) as Seen;

    expect(url).toBe("http://echo.localhost/");
    expect(headers).toMatchObject({ "cf-connecting-ip": "127.0.0.1", "cf-visitor": '{"scheme":"http"}' });
    expect(headers["cf-ray"]).not.toBe("mine");
    expect(cf).toMatchObject({ colo: "LOC", tlsVersion: "" });
  });
});

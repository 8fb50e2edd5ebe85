import { once } from "node:events";
import { mkdtempSync } from "node:fs";
import { request, type IncomingHttpHeaders } from "node:http";
import { connect, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, expect, test } from "vitest";
import * as z from "zod";
import { createControlPlane, type ControlPlaneParts } from "./control-plane.ts";
import { ok } from "./http/reply.ts";
import type { Route } from "./http/routes.ts";
import { AccountsBackend } from "./services/accounts/backend.ts";
import { tokenRoutes } from "./services/accounts/token-routes.ts";
import { TailBackend } from "./services/tail/backend.ts";
import { openState } from "./store/state.ts";

const stops: (() => void)[] = [];
afterEach(() => {
  for (const stop of stops.splice(0).reverse()) stop();
});

interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: unknown;
}

interface Plane {
  readonly port: number;
  readonly accounts: AccountsBackend;
  readonly log: string[];
  readonly unknown: string[];
  send(target: {
    readonly path: string;
    readonly method?: string;
    readonly headers?: Readonly<Record<string, string>>;
    readonly body?: string;
  }): Promise<Answer>;
}

const reading: Route = {
  method: "GET",
  path: "/accounts/:accountId/things",
  scope: "workers:read",
  handle: () => ok("read"),
};
const writing: Route = {
  method: "POST",
  path: "/accounts/:accountId/things",
  scope: "workers:write",
  handle: async (received) => ok(await received.json(z.strictObject({ name: z.string() }))),
};

async function plane(more: Partial<ControlPlaneParts> = {}): Promise<Plane> {
  const state = openState(join(mkdtempSync(join(tmpdir(), "control-plane-")), "state.sqlite"));
  const accounts = new AccountsBackend(state);
  const tails = new TailBackend();
  const log: string[] = [];
  const unknown: string[] = [];
  const server = createControlPlane({
    routes: [reading, writing],
    ownRoutes: tokenRoutes(accounts),
    accounts,
    tails,
    log: (line) => log.push(line),
    onUnknownRoute: (line) => unknown.push(line),
    ...more,
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  const { port } = server.address() as AddressInfo;
  stops.push(
    () => state.close(),
    () => tails.stop(),
    () => {
      server.close();
      server.closeAllConnections();
    },
  );
  const authorization = `Bearer ${accounts.apiToken}`;
  return {
    port,
    accounts,
    log,
    unknown,
    send: ({ path, method = "GET", headers = {}, body }) =>
      new Promise((resolve, reject) => {
        const outgoing = request(
          { port, host: "127.0.0.1", path, method, headers: { authorization, ...headers } },
          (incoming) => {
            let text = "";
            incoming.setEncoding("utf8").on("data", (chunk: string) => (text += chunk));
            incoming.on("end", () =>
              resolve({
                status: incoming.statusCode ?? 0,
                headers: incoming.headers,
                body: text === "" ? undefined : (JSON.parse(text) as unknown),
              }),
            );
          },
        );
        outgoing.on("error", reject);
        outgoing.end(body);
      }),
  };
}

const things = ({ accounts }: Plane) => `/client/v4/accounts/${accounts.accountId}/things`;

function refused(code: number): unknown {
  return { success: false, result: null, messages: [], errors: [expect.objectContaining({ code })] };
}

test("each answer has the API's envelope", async () => {
  const api = await plane();

  const { status, body } = await api.send({ path: things(api) });

  expect({ status, body }).toEqual({
    status: 200,
    body: { success: true, errors: [], messages: [], result: "read" },
  });
});

test.each([
  { authorization: "", status: 400, code: 6003 },
  { authorization: "Basic abc", status: 400, code: 6003 },
  { authorization: "Bearer unknown", status: 401, code: 10_000 },
])("$authorization is refused with $code", async ({ authorization, status, code }) => {
  const api = await plane();

  expect(await api.send({ path: things(api), headers: { authorization } })).toMatchObject({
    status,
    body: refused(code),
  });
});

test("another account is forbidden, and what is no account's id has no route", async () => {
  const api = await plane();

  const other = await api.send({ path: `/client/v4/accounts/${"0".repeat(32)}/things` });
  const none = await api.send({ path: "/client/v4/accounts/mine/things" });

  expect(other).toMatchObject({ status: 403, body: refused(10_000) });
  expect(none).toMatchObject({ status: 404, body: refused(7003) });
});

test("a token does what its scopes say, and no more; who may write may read", async () => {
  const api = await plane();
  const made = await api.send({
    path: "/__tokens",
    method: "POST",
    body: JSON.stringify({ name: "reader", scopes: ["workers:read"] }),
  });
  const { token: reader } = (made.body as { result: { token: string } }).result;
  const writer = api.accounts.tokens.create("writer", ["workers:write"]).text;
  const as = async (token: string, method: string) =>
    (
      await api.send({
        path: things(api),
        method,
        headers: { authorization: `Bearer ${token}` },
        ...(method === "POST" && { body: `{"name":"x"}` }),
      })
    ).status;

  expect([await as(reader, "GET"), await as(reader, "POST")]).toEqual([200, 403]);
  expect([await as(writer, "GET"), await as(writer, "POST")]).toEqual([200, 200]);
});

test("a token makes no further tokens, and a scope that there is not is refused by name", async () => {
  const api = await plane();
  const narrow = api.accounts.tokens.create("narrow", ["workers:write"]).text;
  const make = (authorization: string, scope: string) =>
    api.send({
      path: "/__tokens",
      method: "POST",
      headers: { authorization },
      body: JSON.stringify({ name: "more", scopes: [scope] }),
    });

  expect((await make(`Bearer ${narrow}`, "workers:write")).status).toBe(403);
  expect(await make(`Bearer ${api.accounts.apiToken}`, "zones:write")).toMatchObject({
    status: 400,
    body: refused(10_001),
  });
});

test("a body of another shape is refused, and the field is named", async () => {
  const api = await plane();

  const answers = await Promise.all(
    ["", "{", "[]", `{"name":1}`, `{"name":"x","more":1}`].map((body) =>
      api.send({ path: things(api), method: "POST", body }),
    ),
  );

  expect(answers.map(({ status }) => status)).toEqual([400, 400, 400, 400, 400]);
  expect(JSON.stringify(answers[3]?.body)).toContain("name");
});

test("what has no route is answered with 501 and noted", async () => {
  const api = await plane();

  expect(await api.send({ path: "/client/v4/accounts/x/unheard-of" })).toMatchObject({
    status: 501,
    body: refused(10_501),
  });
  expect(api.unknown).toEqual(["GET /client/v4/accounts/x/unheard-of"]);
});

test("a token that asks too often is told how long to wait; another one isn't held up by it", async () => {
  const api = await plane({ rateLimit: { requests: 2, windowMs: 60_000 } });
  const other = api.accounts.tokens.create("other", ["workers:read"]).text;

  const first = await api.send({ path: things(api) });
  await api.send({ path: things(api) });
  const third = await api.send({ path: things(api) });
  const others = await api.send({ path: things(api), headers: { authorization: `Bearer ${other}` } });

  expect(first.headers).toMatchObject({
    ratelimit: `"default";r=1;t=60`,
    "ratelimit-policy": `"default";q=2;w=60`,
  });
  expect(third).toMatchObject({ status: 429, body: refused(971) });
  expect(Number(third.headers["retry-after"])).toBeGreaterThan(0);
  expect(others.status).toBe(200);
});

test.each([
  ["a name that was rebound to this machine", { host: "evil.example" }],
  ["a page of another site", { origin: "https://evil.example" }],
  ["a sandboxed page", { origin: "null" }],
  ["a Worker's own page", { origin: "http://hello.localhost:8701" }],
  ["an image on another site", { "sec-fetch-site": "cross-site", "sec-fetch-mode": "no-cors" }],
])("%s gets nowhere", async (_, headers) => {
  const api = await plane();

  const answer = await api.send({ path: things(api), headers });

  expect(answer).toMatchObject({ status: 403, body: refused(10_403) });
});

test.each([{ host: "localhost:1" }, { host: "[::1]:1" }, { host: "api.localhost" }])(
  "%j is this machine",
  async (headers) => {
    const api = await plane();

    expect((await api.send({ path: things(api), headers })).status).toBe(200);
  },
);

test("a WebSocket from another site is refused", async () => {
  const api = await plane();
  const answer = await raw(
    api.port,
    `GET /tails/x HTTP/1.1\r\nhost: 127.0.0.1\r\norigin: https://evil.example\r\nconnection: upgrade\r\nupgrade: websocket\r\n\r\n`,
  );

  expect(answer).toMatch(/^HTTP\/1.1 403 /u);
});

test.each([
  [
    "headers of a megabyte",
    `GET / HTTP/1.1\r\nhost: localhost\r\nx: ${"x".repeat(1 << 20)}\r\n\r\n`,
    /^HTTP\/1.1 431 /u,
  ],
  ["no HTTP at all", "\u0016\u0003\u0001 hello\r\n\r\n", /^HTTP\/1.1 400 /u],
  [
    "a path that is no URL",
    "GET //[ HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n",
    /^HTTP\/1.1 (404|501|400) /u,
  ],
  [
    "a whole URL of elsewhere",
    "GET http://evil.example/client/v4/user HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n",
    /^HTTP\/1.1 501 /u,
  ],
])("%s is answered, and the next request is too", async (_, text, expected) => {
  const api = await plane();

  expect(await raw(api.port, text)).toMatch(expected);
  expect((await api.send({ path: things(api) })).status).toBe(200);
});

test("a client that stops sending is let go, in its headers and in its body", async () => {
  const api = await plane({ patience: { headersMs: 40, requestMs: 80 } });
  const token = api.accounts.apiToken;

  const [headers, body] = await Promise.all([
    raw(api.port, "GET / HTTP/1.1\r\nhost: localhost\r\nx-slow: "),
    raw(
      api.port,
      `POST ${things(api)} HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer ${token}\r\ncontent-length: 100\r\n\r\n{"na`,
    ),
  ]);

  expect(headers).toMatch(/^HTTP\/1.1 408 /u);
  expect(body).toMatch(/^HTTP\/1.1 408 |^$/u);
  expect((await api.send({ path: things(api) })).status).toBe(200);
});

test("a client that hangs up in the middle of its body is no defect", async () => {
  const api = await plane();
  const socket = connect(api.port, "127.0.0.1");
  await once(socket, "connect");
  socket.write(
    `POST ${things(api)} HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer ${api.accounts.apiToken}\r\ncontent-length: 100\r\n\r\n{"na`,
  );
  await once(socket.destroy(), "close");

  expect((await api.send({ path: things(api) })).status).toBe(200);
  expect(api.log.join("\n")).not.toContain("at ");
});

/** Sends bytes and gives all that comes back before the server closes. */
function raw(port: number, text: string): Promise<string> {
  return new Promise((resolve) => {
    let answer = "";
    const socket = connect(port, "127.0.0.1", () => socket.write(text));
    socket.setEncoding("latin1").on("data", (chunk: string) => (answer += chunk));
    socket.on("error", () => undefined);
    socket.on("close", () => resolve(answer));
  });
}

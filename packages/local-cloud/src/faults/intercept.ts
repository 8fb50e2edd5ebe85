import { randomUUID } from "node:crypto";
import {
  request as httpRequest,
  STATUS_CODES,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from "node:http";
import type { Http2SecureServer, Http2ServerRequest } from "node:http2";
import type { AddressInfo } from "node:net";
import type { Duplex } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import { failureOf, type DialectName, type Failure } from "./failure.ts";
import type { Effect, Fault, Subject } from "./fault.ts";
import type { Faults, Verdict } from "./faults.ts";

/** Where faults meet the requests of one server. */
export interface Interception {
  readonly faults: Faults;
  readonly dialect: DialectName;
  /** Where this server's requests are carried out apart from their connections, in HTTP. Default: at its own port. */
  readonly replayPort?: (() => number) | undefined;
  /** What a fault may look at. With no service, nothing ever happens to it: the local cloud's own pages. */
  readonly subject: (request: IncomingMessage) => Subject;
  /** Carries out `work` with reads answered from the frozen copy of the state. */
  readonly stale: (work: () => void) => void;
  readonly onFault: (
    request: IncomingMessage,
    applied: { readonly id: string; readonly effect: Effect },
  ) => void;
}

type Listener = (request: IncomingMessage, response: ServerResponse) => void;
type UpgradeListener = (request: IncomingMessage, socket: Duplex, head: Buffer) => void;

/** Marks what this process asks of itself. Nobody else knows the value. */
const REPLAY_HEADER = "x-local-cloud-replay";
const REPLAY_MARK = randomUUID();

const ALL: readonly Effect[] = ["error", "reset", "latency", "duplicate", "stale", "malformed"];

/** What can still happen to a connection that changes its protocol. */
const OF_UPGRADES: readonly Effect[] = ["error", "reset", "latency"];

/** Puts faults in front of all that a server does. To be called when its listeners are there. */
export function intercept(anyServer: Server | Http2SecureServer, interception: Interception): void {
  // Requests of HTTP/2 come in Node's form of those of HTTP/1.
  const server = anyServer as Server;
  const listeners = server.listeners("request") as Listener[];
  server.removeAllListeners("request");
  const listener: Listener = (request, response) => {
    for (const each of listeners) each.call(server, request, response);
  };
  server.on("request", withFaults(interception, listener));
  const upgradeListeners = server.listeners("upgrade") as UpgradeListener[];
  if (upgradeListeners.length === 0) return;
  server.removeAllListeners("upgrade");
  server.on("upgrade", (request, socket, head) => {
    // From here on nobody else hears of a reset by the client before a listener has taken the connection over.
    socket.on("error", () => socket.destroy());
    const pass = () => {
      for (const each of upgradeListeners) each.call(server, request, socket, head);
    };
    admit(interception, request, socket).then(
      (admitted) => admitted && pass(),
      () => socket.destroy(),
    );
  });
}

/** Whether a connection may change its protocol; where it may not, it has been told so or cut. */
async function admit(interception: Interception, request: IncomingMessage, socket: Duplex): Promise<boolean> {
  const subject = interception.subject(request);
  const { latencyMs, fault } = interception.faults.decide(subject, OF_UPGRADES);
  if (latencyMs > 0) await sleep(latencyMs);
  if (socket.destroyed) return false;
  if (fault === undefined) return true;
  interception.onFault(request, fault);
  if (fault.effect === "error") socket.end(rawAnswer(failureOf(fault, interception.dialect)));
  else request.socket.resetAndDestroy();
  return false;
}

function rawAnswer({ status, headers, body }: Failure): string {
  const all = { ...headers, connection: "close", "content-length": String(Buffer.byteLength(body)) };
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}`);
  return [`HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ""}`, ...lines, "", body].join("\r\n");
}

function withFaults(interception: Interception, listener: Listener): Listener {
  return (request, response) => {
    if (isReplay(request)) return listener(request, response);
    const { latencyMs, fault } = interception.faults.decide(
      interception.subject(request),
      possibleFor(request),
    );
    if (fault === undefined && latencyMs === 0) return listener(request, response);
    apply({ interception, listener, request, response }, { latencyMs, fault }).catch(() =>
      response.destroy(),
    );
  };
}

/** Only a read can be stale. */
function possibleFor({ method }: IncomingMessage): readonly Effect[] {
  return method === "GET" || method === "HEAD" ? ALL : ALL.filter((effect) => effect !== "stale");
}

interface Exchange {
  readonly interception: Interception;
  readonly listener: Listener;
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
}

async function apply(exchange: Exchange, { latencyMs, fault }: Verdict): Promise<void> {
  const { interception, listener, request, response } = exchange;
  if (latencyMs > 0) await sleep(latencyMs);
  if (fault === undefined) return listener(request, response);
  interception.onFault(request, fault);
  switch (fault.effect) {
    case "error":
      if (fault.when === "after") await replayed(exchange);
      return answerError(exchange, fault);
    case "reset":
      if (fault.when === "after") await replayed(exchange);
      return reset(request);
    case "duplicate": {
      const body = await bodyOf(request);
      await replayed(exchange, body);
      return relay(response, await replayed(exchange, body));
    }
    case "stale":
      return interception.stale(() => listener(request, response));
    case "malformed": {
      const answer = await replayed(exchange);
      return relay(response, {
        ...answer,
        body: answer.body.subarray(0, Math.floor(answer.body.length / 2)),
      });
    }
  }
}

function answerError(
  { interception, request, response }: Exchange,
  fault: Extract<Fault, { effect: "error" }>,
): void {
  const { status, headers, body } = failureOf(fault, interception.dialect);
  request.resume();
  response.writeHead(status, headers).end(body);
}

/** The client's connection ends with a TCP reset, as when a machine on the way dies. */
function reset(request: IncomingMessage | Http2ServerRequest): void {
  if ("stream" in request) request.stream.session?.destroy();
  else request.socket.resetAndDestroy();
}

interface Answer {
  readonly status: number;
  readonly rawHeaders: readonly string[];
  readonly body: Buffer;
}

/** The request carried out in full, its answer kept from the client. */
async function replayed({ interception, request }: Exchange, body?: Buffer): Promise<Answer> {
  const bytes = body ?? (await bodyOf(request));
  const { address, port: own } = request.socket.address() as AddressInfo;
  const port = interception.replayPort?.() ?? own;
  const authority = request.headers[":authority"];
  const headers = [...endToEnd(request.rawHeaders), REPLAY_HEADER, REPLAY_MARK];
  if (typeof authority === "string") headers.push("host", authority);
  if (bytes.length > 0) headers.push("content-length", String(bytes.length));
  return new Promise((resolve, reject) => {
    const outgoing = httpRequest(
      { host: address, port, method: request.method, path: request.url, headers, agent: false },
      (incoming) => {
        bodyOf(incoming).then(
          (answered) =>
            resolve({ status: incoming.statusCode ?? 502, rawHeaders: incoming.rawHeaders, body: answered }),
          reject,
        );
      },
    );
    outgoing.on("error", reject).end(bytes);
  });
}

function relay(response: ServerResponse, { status, rawHeaders, body }: Answer): void {
  response.writeHead(status, [...endToEnd(rawHeaders), "content-length", String(body.length)]);
  response.end(body);
}

const OF_ONE_MESSAGE = new Set(["connection", "keep-alive", "transfer-encoding", "content-length", "expect"]);

function endToEnd(rawHeaders: readonly string[]): string[] {
  return rawHeaders.filter((_, index) => {
    const name = rawHeaders[index - (index % 2)] ?? "";
    return !name.startsWith(":") && !OF_ONE_MESSAGE.has(name.toLowerCase());
  });
}

async function bodyOf(message: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of message as AsyncIterable<Buffer>) chunks.push(chunk);
  return Buffer.concat(chunks);
}

/** Takes the mark off, so that nobody behind this sees it. */
function isReplay(request: IncomingMessage): boolean {
  if (request.headers[REPLAY_HEADER] !== REPLAY_MARK) return false;
  delete request.headers[REPLAY_HEADER];
  const at = request.rawHeaders.findIndex((name) => name.toLowerCase() === REPLAY_HEADER);
  request.rawHeaders.splice(at, 2);
  return true;
}

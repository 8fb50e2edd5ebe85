import { randomBytes } from "node:crypto";
import {
  Agent,
  createServer,
  request as httpRequest,
  type ClientRequest,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from "node:http";
import type { Duplex } from "node:stream";
import { systemErrorCode } from "../errors.ts";
import type { VersionDocument } from "../services/workers/model.ts";
import {
  notDeployed,
  unknownHost,
  workerThrew,
  workerUnreachable,
  type ErrorPage,
  type InvocationStatus,
} from "./error-pages.ts";
import { forwardedHeaders, returnedHeaders, switchingHeaders } from "./headers.ts";
import { destinationOf, type HostDirectory } from "./hosts.ts";
import type { Lease } from "./pool.ts";
import { chooseVersion, overrideFor, type Candidate } from "./traffic.ts";

/** What the edge asks of the rest of the local cloud. */
export interface EdgeSources {
  readonly hosts: HostDirectory;
  /** The versions that the newest deployment of a Worker routes to; undefined where it has none. */
  readonly candidates: (worker: string) => readonly Candidate[] | undefined;
  readonly version: (id: string) => VersionDocument | undefined;
  readonly lease: (version: VersionDocument) => Promise<Lease>;
  /** A page that lists the Workers, for a person who opens the edge's bare address. */
  readonly indexPage: () => ErrorPage;
  readonly onRequest: (record: RequestRecord) => void;
  readonly log: (line: string) => void;
}

/** What the edge saw of one request. */
export interface RequestRecord {
  readonly ray: string;
  readonly at: string;
  readonly method: string;
  readonly host: string;
  readonly path: string;
  readonly worker: string | undefined;
  readonly versionId: string | undefined;
  /** Whether the request named the version itself, by override or preview host, instead of being routed to it. */
  readonly pinned: boolean;
  readonly status: number;
  readonly outcome: InvocationStatus;
  readonly durationMs: number;
}

interface Exchange {
  readonly request: IncomingMessage;
  readonly ray: string;
  readonly startedAt: number;
  readonly versionId?: string;
  readonly worker?: string;
  readonly pinned?: boolean;
  /** Whether the Worker's process broke off its answer. */
  readonly upstream: { failed: boolean };
}

/**
 * Idle connections to a version's process are dropped before workerd drops them (5 s), so that no request is written to
 * a connection that is about to close.
 */
const KEEP_ALIVE_MS = 3000;

/** What the log shows as the status of a request whose client went away before the answer had ended. */
const CLIENT_CLOSED_REQUEST = 499;

/** The server that takes requests for Workers and sends each to a version's process. */
export function createEdge(sources: EdgeSources): Server {
  const agent = new Agent({ keepAlive: true, timeout: KEEP_ALIVE_MS, maxFreeSockets: 256 });
  const server = createServer((request, response) => {
    const exchange = begin(request);
    route(sources, exchange)
      .then((target) => answer({ sources, agent, exchange: { ...exchange, ...target }, response }, target))
      .catch((error: unknown) => {
        sources.log(`edge: ${request.method} ${request.headers.host}${request.url}: ${String(error)}`);
        finish({ sources, agent, exchange, response }, workerUnreachable(exchange.ray));
      });
  });
  server.on("upgrade", (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    upgrade(sources, begin(request), { socket, head }).catch(() => socket.destroy());
  });
  server.on("close", () => agent.destroy());
  server.keepAliveTimeout = 60_000;
  return server;
}

function begin(request: IncomingMessage): Exchange {
  return {
    request,
    ray: randomBytes(8).toString("hex"),
    startedAt: performance.now(),
    upstream: { failed: false },
  };
}

type Target =
  | { readonly kind: "page"; readonly page: ErrorPage }
  | {
      readonly kind: "version";
      readonly worker: string;
      readonly versionId: string;
      readonly pinned: boolean;
      readonly lease: Lease;
    };

async function route(sources: EdgeSources, { request, ray }: Exchange): Promise<Target> {
  const host = request.headers.host ?? "";
  const destination = destinationOf(host, sources.hosts);
  switch (destination.kind) {
    case "index":
      return { kind: "page", page: sources.indexPage() };
    case "unknown":
      return { kind: "page", page: unknownHost(destination.hostname, ray) };
    case "preview":
      return leased(sources, { worker: destination.worker, versionId: destination.versionId, pinned: true });
    case "deployment": {
      const chosen = chooseVersion(destination.worker, sources.candidates(destination.worker) ?? [], {
        key: header(request, "cloudflare-workers-version-key"),
        overrides: header(request, "cloudflare-workers-version-overrides"),
        draw: Math.random(),
      });
      if (chosen === undefined) return { kind: "page", page: notDeployed(destination.worker, ray) };
      const overrides = header(request, "cloudflare-workers-version-overrides");
      const pinned = overrides !== undefined && overrideFor(destination.worker, overrides) === chosen;
      return leased(sources, { worker: destination.worker, versionId: chosen, pinned });
    }
  }
}

async function leased(
  sources: EdgeSources,
  chosen: { readonly worker: string; readonly versionId: string; readonly pinned: boolean },
): Promise<Target> {
  const version = sources.version(chosen.versionId);
  if (version === undefined) throw new Error(`version ${chosen.versionId} of ${chosen.worker} is gone`);
  return { kind: "version", ...chosen, lease: await sources.lease(version) };
}

interface Answering {
  readonly sources: EdgeSources;
  readonly agent: Agent;
  readonly exchange: Exchange;
  readonly response: ServerResponse;
}

function answer(answering: Answering, target: Target): void {
  if (target.kind === "page") {
    finish(answering, target.page);
    return;
  }
  answering.response.once("close", () => recordUnfinished(answering));
  forward(answering, target.lease);
}

/** Takes note of an answer that broke off: the client went away, or the Worker's process did. */
function recordUnfinished({ sources, exchange, response }: Answering): void {
  if (response.writableFinished) return;
  const { failed } = exchange.upstream;
  sources.onRequest(
    failed
      ? record(exchange, response.statusCode, "internalError")
      : record(exchange, CLIENT_CLOSED_REQUEST, "clientDisconnected"),
  );
}

function forward(answering: Answering, lease: Lease): void {
  const { agent, exchange, response } = answering;
  const { request } = exchange;
  const upstream = httpRequest({ agent, ...requestLine(exchange, lease) });
  let retried = false;
  upstream.on("response", (incoming) => relay(answering, incoming));
  upstream.on("error", (error) => {
    retried = !response.headersSent && isStaleConnection(upstream, error) && !hasBody(request);
    if (retried) forward(answering, lease);
    else fail(answering, error);
  });
  upstream.on("close", () => {
    if (!retried) lease.release();
  });
  response.once("close", () => {
    if (!response.writableFinished) upstream.destroy();
  });
  request.pipe(upstream);
}

function relay(answering: Answering, incoming: IncomingMessage): void {
  const { sources, exchange, response } = answering;
  if (isUncaught(incoming)) {
    incoming.resume();
    finish(answering, workerThrew(exchange.ray));
    return;
  }
  const status = incoming.statusCode ?? 502;
  response.writeHead(status, incoming.statusMessage, returnedHeaders(incoming.rawHeaders, exchange.ray));
  incoming.pipe(response);
  incoming.on("error", () => {
    exchange.upstream.failed = !response.destroyed;
    response.destroy();
  });
  response.on("finish", () => sources.onRequest(record(exchange, status)));
}

function fail(answering: Answering, error: Error): void {
  const { sources, exchange, response } = answering;
  if (response.headersSent || response.destroyed) {
    exchange.upstream.failed ||= !response.destroyed;
    response.destroy();
    return;
  }
  sources.log(`edge: ${exchange.worker} ${exchange.versionId}: ${error.message}`);
  finish(answering, workerUnreachable(exchange.ray));
}

/** The process closed a kept connection just as a request was written to it: nothing of the request was read. */
function isStaleConnection(upstream: ClientRequest, error: Error): boolean {
  return upstream.reusedSocket && systemErrorCode(error) === "ECONNRESET";
}

function hasBody(request: IncomingMessage): boolean {
  return (
    request.headers["content-length"] !== undefined || request.headers["transfer-encoding"] !== undefined
  );
}

async function upgrade(
  sources: EdgeSources,
  exchange: Exchange,
  client: { readonly socket: Duplex; readonly head: Buffer },
): Promise<void> {
  const { socket, head } = client;
  const target = await route(sources, exchange);
  if (target.kind === "page") {
    socket.end(`HTTP/1.1 ${target.page.status} Not Found\r\nconnection: close\r\ncontent-length: 0\r\n\r\n`);
    return;
  }
  const upstream = httpRequest(requestLine(exchange, target.lease));
  upstream.on("close", () => target.lease.release());
  upstream.on("upgrade", (incoming, upstreamSocket, upstreamHead) => {
    socket.write(headText(incoming, exchange.ray));
    if (upstreamHead.length > 0) socket.write(upstreamHead);
    if (head.length > 0) upstreamSocket.write(head);
    upstreamSocket.pipe(socket).pipe(upstreamSocket);
    upstreamSocket.on("error", () => socket.destroy());
    socket.on("error", () => upstreamSocket.destroy());
    socket.on("close", () => upstreamSocket.destroy());
    sources.onRequest(record({ ...exchange, ...target }, 101));
  });
  upstream.on("response", (incoming) => {
    socket.write(headText(incoming, exchange.ray));
    incoming.pipe(socket);
  });
  upstream.on("error", () => socket.destroy());
  upstream.end();
}

function requestLine(
  { request, ray }: Exchange,
  lease: Lease,
): {
  host: string;
  port: number;
  method: string | undefined;
  path: string;
  headers: string[];
} {
  const host = request.headers.host ?? "";
  return {
    host: "127.0.0.1",
    port: lease.instance.port,
    method: request.method,
    path: `http://${host}${request.url ?? "/"}`,
    headers: forwardedHeaders(request, ray),
  };
}

/**
 * workerd answers an exception that the Worker didn't catch with these bytes and no content type; a Worker's own answer
 * of status 500 has a content type or another length.
 */
function isUncaught(incoming: IncomingMessage): boolean {
  const { "content-type": contentType, "content-length": length, connection } = incoming.headers;
  return (
    incoming.statusCode === 500 && contentType === undefined && length === "21" && connection === "close"
  );
}

function finish({ sources, exchange, response }: Answering, page: ErrorPage): void {
  if (!response.headersSent) response.writeHead(page.status, { ...page.headers, "cf-ray": exchange.ray });
  response.end(page.body);
  sources.onRequest(record(exchange, page.status, page.outcome));
}

function record(exchange: Exchange, status: number, outcome: InvocationStatus = "success"): RequestRecord {
  const { request, ray, startedAt, worker, versionId, pinned = false } = exchange;
  return {
    ray,
    at: new Date().toISOString(),
    method: request.method ?? "GET",
    host: request.headers.host ?? "",
    path: request.url ?? "/",
    worker,
    versionId,
    pinned,
    status,
    outcome,
    durationMs: performance.now() - startedAt,
  };
}

function headText(incoming: IncomingMessage, ray: string): string {
  const headers = switchingHeaders(incoming.rawHeaders, ray);
  const lines = Array.from(
    { length: headers.length / 2 },
    (_, index) => `${headers[index * 2]}: ${headers[index * 2 + 1]}`,
  );
  return [`HTTP/1.1 ${incoming.statusCode} ${incoming.statusMessage}`, ...lines, "", ""].join("\r\n");
}

function header(request: IncomingMessage, name: string): string | undefined {
  const value = request.headers[name];
  return Array.isArray(value) ? value.join(", ") : value;
}

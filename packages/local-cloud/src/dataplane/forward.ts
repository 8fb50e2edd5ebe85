import { request as httpRequest, type Agent, type ClientRequest, type IncomingMessage } from "node:http";
import { systemErrorCode } from "../errors.ts";
import { EXCEEDED_LIMITS, WORKER_THREW, WORKER_UNREACHABLE, type ErrorPage } from "./error-pages.ts";
import {
  recordOf,
  writeHead,
  type EdgeRequest,
  type EdgeResponse,
  type Exchange,
  type InvocationStatus,
  type RequestRecord,
} from "./exchange.ts";
import { COLO, forwardedHeaders, returnedHeaders, withContentEtag } from "./headers.ts";
import type { Lease } from "./pool.ts";

/** An exchange whose answer is still to be written. */
export interface Answering {
  readonly exchange: Exchange;
  readonly response: EdgeResponse;
  readonly agent: Agent;
  readonly onRequest: (record: RequestRecord) => void;
  readonly log: (line: string) => void;
}

/** What the log shows as the status of a request whose client went away before the answer had ended. */
const CLIENT_CLOSED_REQUEST = 499;

/** Sends the request to a version's process and its answer to the client. */
export function forward(answering: Answering, lease: Lease): void {
  const { agent, exchange, response } = answering;
  const { request } = exchange;
  // A body can't be sent again when a kept connection turns out to be closed, so it goes over a new one.
  const upstream = httpRequest({
    agent: hasBody(request) ? false : agent,
    ...requestLine(exchange, lease),
  });
  const note = noteOnce(answering, lease);
  let retried = false;
  upstream.on("response", (incoming) => relay(answering, { lease, incoming, note }));
  upstream.on("error", (error) => {
    retried = !response.headersSent && lease.ended() === undefined && isStale(upstream, error, request);
    if (retried) forward(answering, lease);
    else fail(answering, { lease, error, note });
  });
  upstream.on("close", () => {
    if (!retried) lease.release();
  });
  response.once("close", () => {
    if (response.writableFinished) return;
    upstream.destroy();
    if (!retried) note(CLIENT_CLOSED_REQUEST, "clientDisconnected");
  });
  request.pipe(upstream);
}

/** Answers with a page of the edge's own. */
export function answerPage({ exchange, response, onRequest }: Answering, page: ErrorPage): void {
  writePage({ exchange, response }, page);
  onRequest(recordOf(exchange, { status: page.status, outcome: page.outcome ?? "success", cpuMs: 0 }));
}

type Note = (status: number, outcome: InvocationStatus) => void;

function noteOnce({ exchange, onRequest }: Answering, lease: Lease): Note {
  let isNoted = false;
  return (status, outcome) => {
    if (isNoted) return;
    isNoted = true;
    onRequest(recordOf(exchange, { status, outcome, cpuMs: lease.release() }));
  };
}

function relay(
  answering: Answering,
  {
    lease,
    incoming,
    note,
  }: { readonly lease: Lease; readonly incoming: IncomingMessage; readonly note: Note },
): void {
  const { exchange, response } = answering;
  lease.progress();
  if (isUncaught(incoming)) {
    incoming.resume();
    const page = WORKER_THREW(exchange);
    writePage(answering, page);
    note(page.status, "scriptThrewException");
    return;
  }
  const { statusCode = 502, rawHeaders: given } = incoming;
  const answer = withContentEtag(
    exchange,
    { status: statusCode, rawHeaders: given },
    lease.instance.assetEtags,
  );
  const { status, rawHeaders } = answer;
  const statusMessage = status === statusCode ? incoming.statusMessage : undefined;
  writeHead(response, { status, statusMessage }, returnedHeaders(rawHeaders, exchange.ray));
  incoming.on("data", () => lease.progress());
  if (status === 304) {
    incoming.resume();
    response.end();
  } else incoming.pipe(response);
  incoming.on("error", () => {
    note(...brokenOff(response, lease));
    response.destroy();
  });
  response.on("finish", () => note(status, "success"));
}

function fail(
  answering: Answering,
  { lease, error, note }: { readonly lease: Lease; readonly error: Error; readonly note: Note },
): void {
  const { exchange, response, log } = answering;
  const limit = exceeded(lease);
  if (response.headersSent || response.destroyed) {
    note(...brokenOff(response, lease));
    response.destroy();
    return;
  }
  log(`edge: ${exchange.worker} ${exchange.versionId}: ${limit ?? error.message}`);
  const page = (limit === undefined ? WORKER_UNREACHABLE : EXCEEDED_LIMITS)(exchange);
  writePage(answering, page);
  note(page.status, limit === undefined ? "internalError" : "exceededResources");
}

/** What to record of an answer that broke off: the client went away, or the Worker's process did. */
function brokenOff(response: EdgeResponse, lease: Lease): [status: number, outcome: InvocationStatus] {
  if (response.destroyed) return [CLIENT_CLOSED_REQUEST, "clientDisconnected"];
  return [response.statusCode, exceeded(lease) === undefined ? "internalError" : "exceededResources"];
}

function exceeded(lease: Lease): "exceededCpu" | "exceededMemory" | undefined {
  const ended = lease.ended();
  return ended === "crashed" ? undefined : ended;
}

function writePage({ exchange, response }: Pick<Answering, "exchange" | "response">, page: ErrorPage): void {
  const headers = { ...page.headers, "cf-ray": `${exchange.ray}-${COLO}`, server: "cloudflare" };
  if (!response.headersSent) writeHead(response, page, Object.entries(headers).flat());
  response.end(page.body);
}

/** The process closed a kept connection just as a request was written to it: nothing of the request was read. */
function isStale(upstream: ClientRequest, error: Error, request: EdgeRequest): boolean {
  const code = systemErrorCode(error);
  return upstream.reusedSocket && (code === "ECONNRESET" || code === "EPIPE") && !hasBody(request);
}

function hasBody(request: EdgeRequest): boolean {
  if (request.httpVersionMajor >= 2) return request.method !== "GET" && request.method !== "HEAD";
  return (
    request.headers["content-length"] !== undefined || request.headers["transfer-encoding"] !== undefined
  );
}

/** Where and what to ask a version's process: the request line carries the whole URL, as for a proxy. */
export function requestLine(
  exchange: Exchange,
  lease: Lease,
): { host: string; port: number; method: string | undefined; path: string; headers: string[] } {
  const { request, host, scheme } = exchange;
  return {
    host: "127.0.0.1",
    port: lease.instance.portFor(request.url ?? "/"),
    method: request.method,
    path: `${scheme}://${host}${request.url ?? "/"}`,
    headers: forwardedHeaders(exchange),
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

import { randomBytes } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import { Http2ServerResponse, type Http2ServerRequest } from "node:http2";
import type { Duplex } from "node:stream";
import type { TLSSocket } from "node:tls";

/** A request and its answer, over HTTP/1.1 or HTTP/2. */
export type EdgeRequest = IncomingMessage | Http2ServerRequest;
export type EdgeResponse = ServerResponse | Http2ServerResponse;

/**
 * How an invocation ended, as metrics name it. A Worker that answers with status 500 itself is a success.
 * @see https://developers.cloudflare.com/workers/observability/metrics-and-analytics/#invocation-statuses
 */
export type InvocationStatus =
  "success" | "clientDisconnected" | "scriptThrewException" | "exceededResources" | "internalError";

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
  /** As the log shows it: 499 when the client went away before the answer had ended. */
  readonly status: number;
  readonly outcome: InvocationStatus;
  readonly durationMs: number;
  /** CPU time of the Worker; an estimate where several requests overlapped. 0 where the platform doesn't tell cheaply. */
  readonly cpuMs: number;
}

/** One request on its way through the edge. */
export interface Exchange {
  readonly request: EdgeRequest;
  readonly ray: string;
  readonly startedAt: number;
  readonly host: string;
  readonly accept: string;
  readonly scheme: "http" | "https";
  readonly versionId?: string;
  readonly worker?: string;
  readonly pinned?: boolean;
}

export function beginExchange(request: EdgeRequest): Exchange {
  return {
    request,
    ray: randomBytes(8).toString("hex"),
    startedAt: performance.now(),
    host: header(request, "host") ?? header(request, ":authority") ?? "",
    accept: header(request, "accept") ?? "",
    scheme: isEncrypted(request.socket) ? "https" : "http",
  };
}

export function recordOf(
  exchange: Exchange,
  answer: Pick<RequestRecord, "status" | "outcome" | "cpuMs">,
): RequestRecord {
  const { request, ray, startedAt, host, worker, versionId, pinned = false } = exchange;
  return {
    ray,
    at: new Date().toISOString(),
    method: request.method ?? "GET",
    host,
    path: request.url ?? "/",
    worker,
    versionId,
    pinned,
    durationMs: performance.now() - startedAt,
    ...answer,
  };
}

export function header(request: EdgeRequest, name: string): string | undefined {
  const value = request.headers[name];
  return Array.isArray(value) ? value.join(", ") : value;
}

/** Begins the answer. `rawHeaders`: name, value, name, value, … */
export function writeHead(
  response: EdgeResponse,
  { status, statusMessage }: { readonly status: number; readonly statusMessage?: string | undefined },
  rawHeaders: string[],
): void {
  if (response instanceof Http2ServerResponse) response.writeHead(status, grouped(rawHeaders));
  else if (statusMessage === undefined) response.writeHead(status, rawHeaders);
  else response.writeHead(status, statusMessage, rawHeaders);
}

function grouped(rawHeaders: readonly string[]): Record<string, string | string[]> {
  const headers: Record<string, string | string[]> = {};
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = (rawHeaders[index] ?? "").toLowerCase();
    const value = rawHeaders[index + 1] ?? "";
    const before = headers[name];
    headers[name] = before === undefined ? value : [...(Array.isArray(before) ? before : [before]), value];
  }
  return headers;
}

function isEncrypted(socket: Duplex): boolean {
  return (socket as Partial<TLSSocket>).encrypted === true;
}

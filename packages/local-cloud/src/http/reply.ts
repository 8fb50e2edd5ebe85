import type { ServerResponse } from "node:http";
import { pipeline } from "node:stream/promises";
import type { Readable } from "node:stream";
import type { ApiErrorEntry, Refusal } from "./refusal.ts";

/** What a handler returns: the `result` of an envelope, or an answer that has none. */
export type ApiReply = EnvelopeReply | RawReply;

export interface EnvelopeReply {
  readonly kind: "envelope";
  readonly status: number;
  readonly result: unknown;
  readonly resultInfo?: ResultInfo | CursorInfo;
}

export interface RawReply {
  readonly kind: "raw";
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Buffer | Readable;
}

export interface ResultInfo {
  readonly page: number;
  readonly per_page: number;
  readonly count: number;
  readonly total_count: number;
  readonly total_pages: number;
}

/** Of a list that is read on from a cursor; an empty one ends it. Some lists say more in it. */
export interface CursorInfo extends Readonly<Record<string, unknown>> {
  readonly cursor: string;
}

export function ok(result: unknown, status = 200): EnvelopeReply {
  return { kind: "envelope", status, result };
}

export function okPage(result: unknown, resultInfo: ResultInfo): EnvelopeReply {
  return { kind: "envelope", status: 200, result, resultInfo };
}

export function okCursor(result: unknown, resultInfo: CursorInfo): EnvelopeReply {
  return { kind: "envelope", status: 200, result, resultInfo };
}

export async function writeReply(response: ServerResponse, reply: ApiReply): Promise<void> {
  if (reply.kind === "envelope") {
    const { result, resultInfo } = reply;
    writeEnvelope(response, reply.status, { success: true, errors: [], result, resultInfo });
    return;
  }
  response.writeHead(reply.status, reply.headers);
  if (typeof reply.body === "string" || Buffer.isBuffer(reply.body)) response.end(reply.body);
  else await pipeline(reply.body, response);
}

export function writeRefusal(response: ServerResponse, refusal: Refusal): void {
  for (const [name, value] of Object.entries(refusal.headers)) response.setHeader(name, value);
  writeEnvelope(response, refusal.status, {
    success: false,
    errors: refusal.errors,
    result: null,
    resultInfo: undefined,
  });
}

function writeEnvelope(
  response: ServerResponse,
  status: number,
  outcome: {
    readonly success: boolean;
    readonly errors: readonly ApiErrorEntry[];
    readonly result: unknown;
    readonly resultInfo: ResultInfo | CursorInfo | undefined;
  },
): void {
  const { success, errors, result, resultInfo } = outcome;
  const body = { result, success, errors, messages: [], ...(resultInfo && { result_info: resultInfo }) };
  response.writeHead(status, { "content-type": "application/json; charset=UTF-8" });
  response.end(JSON.stringify(body));
}

import { randomUUID } from "node:crypto";
import type { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import { WebSocketServer, type WebSocket } from "ws";
import * as z from "zod";
import type { VersionDocument } from "../workers/model.ts";
import { tailNotFound } from "./errors.ts";
import { matches, tailFiltersSchema, type TailFilters } from "./filters.ts";

/** The subprotocol of tail connections. */
const PROTOCOL = "trace-v1";
const LIFETIME_MS = 6 * 60 * 60 * 1000;

interface Tail {
  readonly id: string;
  readonly worker: string;
  readonly expiresAt: string;
  readonly sockets: Map<WebSocket, TailFilters>;
}

/** Live logs: each connected client gets the trace events of one Worker that pass its filters. */
export class TailBackend {
  readonly #tails = new Map<string, Tail>();
  readonly #server = new WebSocketServer({ noServer: true, handleProtocols: () => PROTOCOL });

  create(worker: string): { id: string; expiresAt: string } {
    const tail = {
      id: randomUUID(),
      worker,
      expiresAt: new Date(Date.now() + LIFETIME_MS).toISOString(),
      sockets: new Map(),
    };
    this.#tails.set(tail.id, tail);
    return tail;
  }

  list(worker: string): readonly { id: string; expiresAt: string }[] {
    return [...this.#tails.values()].filter((tail) => tail.worker === worker);
  }

  delete(id: string): void {
    const tail = this.#tails.get(id);
    if (!tail) throw tailNotFound(id);
    this.#tails.delete(id);
    for (const socket of tail.sockets.keys()) socket.close(1000);
  }

  /** Takes over the upgrade of `/tails/<id>`. The id is the credential: the API gave it to whoever may read the log. */
  connect(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    const tail = this.#tails.get((request.url ?? "").split("/").at(-1) ?? "");
    if (!tail) {
      socket.end("HTTP/1.1 404 Not Found\r\nconnection: close\r\ncontent-length: 0\r\n\r\n");
      return;
    }
    this.#server.handleUpgrade(request, socket, head, (client) => {
      acceptUnmaskedFrames(client);
      tail.sockets.set(client, { filters: [] });
      client.on("message", (data: Buffer) => tail.sockets.set(client, parseFilters(data)));
      client.on("close", () => tail.sockets.delete(client));
      client.on("error", () => tail.sockets.delete(client));
    });
  }

  publish(version: VersionDocument, events: readonly TraceEvent[]): void {
    const tails = [...this.#tails.values()].filter(
      (tail) => tail.worker === version.worker && tail.sockets.size > 0,
    );
    if (tails.length === 0) return;
    for (const event of events) {
      const message = JSON.stringify({
        ...event,
        scriptName: version.worker,
        scriptVersion: { id: version.id },
      });
      for (const tail of tails) {
        for (const [socket, filters] of tail.sockets) if (matches(event, filters)) socket.send(message);
      }
    }
  }

  stop(): void {
    for (const tail of this.#tails.values()) for (const socket of tail.sockets.keys()) socket.terminate();
    this.#server.close();
  }
}

/** A trace event as a tail Worker gets it. @see https://developers.cloudflare.com/workers/runtime-apis/handlers/tail/#tailitems */
export const traceEventSchema = z.looseObject({
  outcome: z.string(),
  logs: z.array(z.looseObject({ level: z.string(), message: z.unknown(), timestamp: z.number() })),
  exceptions: z.array(z.looseObject({ name: z.string(), message: z.string(), timestamp: z.number() })),
  eventTimestamp: z.number().nullable(),
  event: z
    .looseObject({
      request: z
        .looseObject({ url: z.string(), method: z.string(), headers: z.record(z.string(), z.string()) })
        .optional(),
      response: z.looseObject({ status: z.number() }).optional(),
    })
    .nullable(),
});
export type TraceEvent = z.infer<typeof traceEventSchema>;

function parseFilters(data: Buffer): TailFilters {
  const parsed = tailFiltersSchema.safeParse(JSON.parse(data.toString("utf8")));
  return parsed.success ? parsed.data : { filters: [] };
}

/**
 * wrangler's first frame comes unmasked, which RFC 6455 forbids to clients and the `ws` library refuses; its pings come
 * masked. Cloudflare accepts both. The library has no setting for it, so its receiver is told that whatever it reads is
 * as it expects.
 */
function acceptUnmaskedFrames(client: WebSocket): void {
  const receiver = (client as unknown as { _receiver?: { _isServer?: boolean; _masked?: boolean } })
    ._receiver;
  if (receiver?._isServer === undefined || receiver._masked === undefined)
    throw new Error("this version of the ws library keeps its receiver elsewhere");
  Object.defineProperty(receiver, "_isServer", { get: () => receiver._masked });
}

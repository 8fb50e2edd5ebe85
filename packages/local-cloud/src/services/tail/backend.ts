import { randomUUID } from "node:crypto";
import type { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import { WebSocketServer, type WebSocket } from "ws";
import type { VersionDocument } from "../workers/model.ts";
import { tailNotFound } from "./errors.ts";
import { matches, tailFiltersSchema, type TailFilters } from "./filters.ts";
import { Overload, OVERLOAD_MESSAGES } from "./overload.ts";
import type { TraceEvent } from "./trace-event.ts";

/** The subprotocol of tail connections. */
const PROTOCOL = "trace-v1";
const LIFETIME_MS = 6 * 60 * 60 * 1000;
/** A client that reads no further misses what comes meanwhile. */
const MAX_UNREAD_BYTES = 8 * 1024 * 1024;

interface Tail {
  readonly id: string;
  readonly worker: string;
  readonly expiresAt: string;
  filters: TailFilters;
  readonly sockets: Set<WebSocket>;
  readonly overload: Overload;
}

/** @see https://www.rfc-editor.org/rfc/rfc6455#section-7.4.1 */
const POLICY_VIOLATION = 1008;

/** Live logs: each connected client gets the trace events of one Worker that pass its filters. */
export class TailBackend {
  readonly #tails = new Map<string, Tail>();
  readonly #server = new WebSocketServer({ noServer: true, handleProtocols: () => PROTOCOL });

  readonly #now: () => number;
  readonly #random: () => number;

  /** `now` is in milliseconds since 1970, `random` draws in [0, 1). */
  constructor(now: () => number = Date.now, random: () => number = Math.random) {
    this.#now = now;
    this.#random = random;
  }

  create(worker: string, filters: TailFilters = []): { id: string; expiresAt: string } {
    this.#dropExpired();
    const tail = {
      id: randomUUID(),
      worker,
      expiresAt: new Date(this.#now() + LIFETIME_MS).toISOString(),
      filters,
      sockets: new Set<WebSocket>(),
      overload: new Overload(),
    };
    this.#tails.set(tail.id, tail);
    return tail;
  }

  list(worker: string): readonly { id: string; expiresAt: string }[] {
    this.#dropExpired();
    return [...this.#tails.values()].filter((tail) => tail.worker === worker);
  }

  delete(id: string): void {
    const tail = this.#tails.get(id);
    if (!tail) throw tailNotFound(id);
    this.#tails.delete(id);
    for (const socket of tail.sockets) socket.close(1000);
  }

  /** Takes over the upgrade of `/tails/<id>`. The id is the credential: the API gave it to whoever may read the log. */
  connect(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    this.#dropExpired();
    const tail = this.#tails.get((request.url ?? "").split("/").at(-1) ?? "");
    if (!tail) {
      socket.end("HTTP/1.1 404 Not Found\r\nconnection: close\r\ncontent-length: 0\r\n\r\n");
      return;
    }
    this.#server.handleUpgrade(request, socket, head, (client) => {
      acceptUnmaskedFrames(client);
      tail.sockets.add(client);
      client.on("message", (data: Buffer) => takeMessage(tail, client, data));
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
      const filtered = { event, versionId: version.id, draw: this.#random() };
      let message: string | undefined;
      for (const tail of tails) {
        if (!matches(filtered, tail.filters)) continue;
        const { passes, change } = tail.overload.admit(this.#now());
        if (change !== undefined) this.#announce(tail, change);
        if (!passes) continue;
        message ??= JSON.stringify({
          ...event,
          scriptName: version.worker,
          scriptVersion: { id: version.id },
        });
        for (const socket of tail.sockets) if (socket.bufferedAmount < MAX_UNREAD_BYTES) socket.send(message);
      }
    }
  }

  #dropExpired(): void {
    const now = new Date(this.#now()).toISOString();
    for (const { id, expiresAt } of this.#tails.values()) if (expiresAt <= now) this.delete(id);
  }

  #announce(tail: Tail, type: keyof typeof OVERLOAD_MESSAGES): void {
    const message = JSON.stringify({
      outcome: "ok",
      scriptName: tail.worker,
      exceptions: [],
      logs: [],
      eventTimestamp: this.#now(),
      event: { type, message: OVERLOAD_MESSAGES[type] },
    });
    for (const socket of tail.sockets) socket.send(message);
  }

  stop(): void {
    for (const tail of this.#tails.values()) for (const socket of tail.sockets) socket.terminate();
    this.#server.close();
  }
}

/** wrangler sends `{debug}`, which changes nothing here; filters replace those that the tail was made with. */
function takeMessage(tail: Tail, client: WebSocket, data: Buffer): void {
  let value: unknown;
  try {
    value = JSON.parse(data.toString("utf8"));
  } catch {
    client.close(POLICY_VIOLATION, "a message is JSON");
    return;
  }
  const parsed = tailFiltersSchema.safeParse(value);
  if (!parsed.success) client.close(POLICY_VIOLATION, "a filter is not supported");
  else if (value !== null && typeof value === "object" && "filters" in value)
    tail.filters = parsed.data.filters;
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

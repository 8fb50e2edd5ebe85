import { Agent, createServer, type IncomingMessage, type Server } from "node:http";
import { createSecureServer, type Http2SecureServer } from "node:http2";
import type { Duplex } from "node:stream";
import type { VersionDocument } from "../services/workers/model.ts";
import { notDeployed, unknownHost, WORKER_UNREACHABLE, type ErrorPage } from "./error-pages.ts";
import {
  beginExchange,
  header,
  type EdgeRequest,
  type EdgeResponse,
  type Exchange,
  type RequestRecord,
} from "./exchange.ts";
import { answerPage, forward } from "./forward.ts";
import { destinationOf, type HostDirectory } from "./hosts.ts";
import type { Lease } from "./pool.ts";
import type { TlsMaterial } from "./tls/material.ts";
import { chooseVersion, overrideFor, type Candidate } from "./traffic.ts";
import { forwardUpgrade, refuseUpgrade } from "./upgrade.ts";

/** What the edge asks of the rest of the local cloud. */
export interface EdgeSources {
  readonly hosts: HostDirectory;
  /** The versions that the newest deployment of a Worker routes to; undefined where it has none. */
  readonly candidates: (worker: string) => readonly Candidate[] | undefined;
  readonly version: (id: string) => VersionDocument | undefined;
  readonly lease: (version: VersionDocument) => Promise<Lease>;
  /** A page that lists the Workers, for a person who opens the edge's bare address. */
  readonly indexPage: () => ErrorPage;
  /** Called once for each request, when it has been answered or given up. */
  readonly onRequest: (record: RequestRecord) => void;
  readonly log: (line: string) => void;
}

/**
 * Idle connections to a version's process are dropped before workerd drops them (5 s), so that no request is written to
 * a connection that is about to close.
 */
const KEEP_ALIVE_MS = 3000;
const CLIENT_KEEP_ALIVE_MS = 60_000;

/** The server that takes plain requests for Workers and sends each to a version's process. */
export function createEdge(sources: EdgeSources): Server {
  const { onRequest, onUpgrade, close } = handlers(sources);
  const server = createServer(onRequest).on("upgrade", onUpgrade).on("close", close);
  server.keepAliveTimeout = CLIENT_KEEP_ALIVE_MS;
  return server;
}

/** The same over TLS, with HTTP/2 for the clients that offer it. */
export function createTlsEdge(sources: EdgeSources, tls: TlsMaterial): Http2SecureServer {
  const { onRequest, onUpgrade, close } = handlers(sources);
  const server = createSecureServer({ allowHTTP1: true, SNICallback: tls.contextFor, ...tls.fallback });
  server.on("request", onRequest).on("upgrade", onUpgrade).on("close", close);
  // A client that breaks the handshake off is no failure of the edge's.
  server.on("sessionError", () => undefined);
  return server;
}

interface Handlers {
  readonly onRequest: (request: EdgeRequest, response: EdgeResponse) => void;
  readonly onUpgrade: (request: IncomingMessage, socket: Duplex, head: Buffer) => void;
  readonly close: () => void;
}

function handlers(sources: EdgeSources): Handlers {
  const agent = new Agent({ keepAlive: true, timeout: KEEP_ALIVE_MS, maxFreeSockets: 256 });
  const { onRequest, log } = sources;
  return {
    onRequest: (request, response) => {
      const exchange = beginExchange(request);
      const answering = { exchange, response, agent, onRequest, log };
      route(sources, exchange).then(
        (target) =>
          target.kind === "page"
            ? answerPage(answering, target.page)
            : forward({ ...answering, exchange: { ...exchange, ...target.chosen } }, target.lease),
        (error: unknown) => {
          log(`edge: ${request.method} ${exchange.host}${request.url}: ${String(error)}`);
          answerPage(answering, WORKER_UNREACHABLE(exchange));
        },
      );
    },
    onUpgrade: (request, socket, head) => {
      socket.on("error", () => socket.destroy());
      const exchange = beginExchange(request);
      route(sources, exchange).then(
        (target) =>
          target.kind === "page"
            ? refuseUpgrade({ socket, head }, target.page)
            : forwardUpgrade(
                { ...exchange, ...target.chosen },
                { socket, head },
                { lease: target.lease, onRequest },
              ),
        () => socket.destroy(),
      );
    },
    close: () => agent.destroy(),
  };
}

interface Chosen {
  readonly worker: string;
  readonly versionId: string;
  readonly pinned: boolean;
}

type Target =
  | { readonly kind: "page"; readonly page: ErrorPage }
  | { readonly kind: "version"; readonly chosen: Chosen; readonly lease: Lease };

async function route(sources: EdgeSources, exchange: Exchange): Promise<Target> {
  const { request, host } = exchange;
  const destination = destinationOf(host, sources.hosts);
  switch (destination.kind) {
    case "index":
      return { kind: "page", page: sources.indexPage() };
    case "unknown":
      return { kind: "page", page: unknownHost(destination.hostname)(exchange) };
    case "preview":
      return leased(sources, { worker: destination.worker, versionId: destination.versionId, pinned: true });
    case "deployment": {
      const overrides = header(request, "cloudflare-workers-version-overrides");
      const chosen = chooseVersion(destination.worker, sources.candidates(destination.worker) ?? [], {
        key: header(request, "cloudflare-workers-version-key"),
        overrides,
        draw: Math.random(),
      });
      if (chosen === undefined) return { kind: "page", page: notDeployed(destination.worker)(exchange) };
      const pinned = overrides !== undefined && overrideFor(destination.worker, overrides) === chosen;
      return leased(sources, { worker: destination.worker, versionId: chosen, pinned });
    }
  }
}

async function leased(sources: EdgeSources, chosen: Chosen): Promise<Target> {
  const version = sources.version(chosen.versionId);
  if (version === undefined) throw new Error(`version ${chosen.versionId} of ${chosen.worker} is gone`);
  return { kind: "version", chosen, lease: await sources.lease(version) };
}

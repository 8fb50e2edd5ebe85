import { parseDsn, type Endpoint } from "./dsn.ts";
import { sqlEndpoint, type Fetch, type SqlEndpoint } from "./http/sql-endpoint.ts";
import type { WebSocketConstructor } from "./wire/channel.ts";
import { openSession, type Session } from "./wire/session.ts";

export interface XataOptions {
  /** The branch's DSN. With `sslmode=disable` it is asked on the DSN's own port and without TLS, as a local gateway is. */
  readonly url: string;
  /** In place of the global `fetch`. */
  readonly fetch?: Fetch | undefined;
  /** In place of the global `WebSocket`. */
  readonly webSocket?: WebSocketConstructor | undefined;
  /** How long a reply may take, in milliseconds; a minute unless said, because waking a sleeping branch takes up to 50 s. */
  readonly timeoutMs?: number | undefined;
}

/** Both ways to a branch. Holds no connection by itself, so one may serve all requests of a Worker. */
export interface XataConnection {
  readonly endpoint: Endpoint;
  readonly sql: SqlEndpoint;
  /** A WebSocket of the caller's own. @throws {XataError} UNREACHABLE, UNAUTHORIZED, POSTGRES, PROTOCOL */
  openSession(): Promise<Session>;
}

const DEFAULT_TIMEOUT_MS = 60_000;

/** @throws {XataError} INVALID_URL */
export function xataConnection(options: XataOptions): XataConnection {
  const endpoint = parseDsn(options.url);
  const timeoutMs = options.timeoutMs ?? DEFAULT_TIMEOUT_MS;
  return {
    endpoint,
    sql: sqlEndpoint({
      endpoint,
      timeoutMs,
      fetch: options.fetch ?? (async (url, init) => fetch(url, init)),
      random: Math.random,
      pause: async (milliseconds) => new Promise((resolve) => void setTimeout(resolve, milliseconds)),
    }),
    openSession: async () => openSession({ endpoint, timeoutMs, webSocket: options.webSocket ?? WebSocket }),
  };
}

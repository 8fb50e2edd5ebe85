import type { Fetch } from "../http/sql-endpoint.ts";

/** What a client of ours sent, for assertions on traffic. */
export interface Traffic {
  /** Per HTTP request, how many statements it had. */
  readonly requests: readonly number[];
  readonly webSockets: readonly RecordedWebSocket[];
  readonly fetch: Fetch;
  readonly webSocket: typeof WebSocket;
}

interface RecordedWebSocket {
  /** Resolves once it is closed on this side. */
  readonly closed: Promise<void>;
}

/** Lets everything pass and records it. */
export function recordTraffic(): Traffic {
  const requests: number[] = [];
  const webSockets: RecordedWebSocket[] = [];
  class RecordingWebSocket extends WebSocket {
    constructor(url: string | URL) {
      super(url);
      const { promise: closed, resolve } = Promise.withResolvers<void>();
      this.addEventListener("close", () => resolve());
      webSockets.push({ closed });
    }
  }
  return {
    requests,
    webSockets,
    fetch: async (url, init) => {
      requests.push(statementCount(init.body));
      return fetch(url, init);
    },
    webSocket: RecordingWebSocket,
  };
}

function statementCount(body: unknown): number {
  const document: unknown = typeof body === "string" ? JSON.parse(body) : {};
  const queries: unknown =
    typeof document === "object" && document !== null ? Reflect.get(document, "queries") : 0;
  return Array.isArray(queries) ? queries.length : 1;
}

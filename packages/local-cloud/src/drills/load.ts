import { Agent, request } from "node:http";
import type { Ready } from "../ready-file.ts";

/** One request of a load: `key` is free for the one who sends it. */
export interface Shot {
  readonly host: string;
  readonly path: string;
  readonly method?: string;
  readonly body?: string;
}

/** What came back. `failure` is set when nothing whole did. */
export interface Hit {
  readonly shot: Shot;
  readonly sentAt: number;
  readonly endedAt: number;
  readonly status: number;
  readonly body: string;
  readonly failure: string | undefined;
}

export interface Load {
  /** Stops sending, waits for what is in flight. */
  stop(): Promise<void>;
}

const TURN_MS = 10;
const ANSWER_WITHIN_MS = 60_000;

/** Sends requests at a rate that doesn't depend on the answers, until it is stopped. Times are of performance.now(). */
export function startLoad(
  ready: Pick<Ready, "edgeUrl">,
  requestsPerSecond: number,
  handlers: { readonly next: () => Shot; readonly onHit: (hit: Hit) => void },
): Load {
  const agent = new Agent({ keepAlive: true, maxSockets: Infinity });
  const startedAt = performance.now();
  const inFlight = new Set<Promise<void>>();
  let sent = 0;
  const timer = setInterval(() => {
    const due = Math.floor(((performance.now() - startedAt) * requestsPerSecond) / 1000);
    for (; sent < due; sent += 1) {
      const flight = fire(ready, agent, handlers.next()).then(handlers.onHit);
      inFlight.add(flight);
      void flight.then(() => inFlight.delete(flight));
    }
  }, TURN_MS);
  return {
    stop: async () => {
      clearInterval(timer);
      await Promise.all(inFlight);
      agent.destroy();
    },
  };
}

function fire(ready: Pick<Ready, "edgeUrl">, agent: Agent, shot: Shot): Promise<Hit> {
  const { hostname, port } = new URL(ready.edgeUrl);
  const { host, path, method = "GET", body } = shot;
  const sentAt = performance.now();
  return new Promise((resolve) => {
    const done = (answer: Pick<Hit, "status" | "body" | "failure">) =>
      resolve({ shot, sentAt, endedAt: performance.now(), ...answer });
    const outgoing = request({ agent, hostname, port, path, method, headers: { host } }, (incoming) => {
      let text = "";
      const status = incoming.statusCode ?? 0;
      incoming.setEncoding("utf8").on("data", (chunk: string) => (text += chunk));
      incoming.on("end", () => done({ status, body: text, failure: undefined }));
      incoming.on("error", (error) => done({ status, body: text, failure: error.message }));
    });
    outgoing.setTimeout(ANSWER_WITHIN_MS, () => outgoing.destroy(new Error("no answer in time")));
    outgoing.on("error", (error) => done({ status: 0, body: "", failure: error.message }));
    outgoing.end(body);
  });
}

/** The value below which `share` (0 to 1) of the values lie; 0 where there are none. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
}

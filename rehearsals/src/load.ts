import { Agent, request } from "node:http";
import type { EnvironmentName } from "./world.ts";

export interface LoadCount {
  readonly sent: number;
  /** Refused, cut off, or answered with 5xx. */
  readonly failed: number;
  /** Answered by another environment than was asked. */
  readonly misrouted: number;
  /** The first failures, in words. */
  readonly examples: readonly string[];
}

/** Requests at a steady rate to `/` and `/health` of an environment, until stopped. */
export interface Load {
  readonly environment: EnvironmentName;
  /** Waits for the last answers. Idempotent. */
  stop(): Promise<LoadCount>;
}

/** Of each path. */
const REQUESTS_PER_SECOND = 50;
const PATHS = ["/", "/health"] as const;
const ACCEPT = { "/": "text/html", "/health": "application/json" } as const;
const REQUEST_TIMEOUT_MS = 15_000;
const EXAMPLES = 5;

/** Starts 50 requests/s to each path. Each goes out on time, whether or not earlier ones were answered. */
export function startLoad(options: {
  readonly environment: EnvironmentName;
  readonly host: string;
  readonly edgeUrl: string;
}): Load {
  const { environment, host, edgeUrl } = options;
  const { hostname, port } = new URL(edgeUrl);
  const agent = new Agent({ keepAlive: true, maxSockets: 200 });
  const count = { sent: 0, failed: 0, misrouted: 0, examples: [] as string[] };
  const running = new Set<Promise<void>>();
  const fail = (what: string) => {
    count.failed += 1;
    if (count.examples.length < EXAMPLES) count.examples.push(what);
  };
  const send = (path: (typeof PATHS)[number]) =>
    new Promise<void>((resolve) => {
      count.sent += 1;
      const outgoing = request(
        { hostname, port, path, agent, headers: { host, accept: ACCEPT[path] } },
        (incoming) => {
          let body = "";
          incoming.setEncoding("utf8").on("data", (text: string) => (body += text));
          incoming.on("error", (error) => {
            fail(`${path}: ${error.message}`);
            resolve();
          });
          incoming.on("end", () => {
            const status = incoming.statusCode ?? 0;
            if (status >= 500) fail(`${path}: HTTP ${status} ${body.slice(0, 300)}`);
            else if (path === "/health" && environmentOf(body) !== environment) count.misrouted += 1;
            resolve();
          });
        },
      );
      outgoing.setTimeout(REQUEST_TIMEOUT_MS, () => outgoing.destroy(new Error("no answer in time")));
      outgoing.on("error", (error) => {
        fail(`${path}: ${error.message}`);
        resolve();
      });
      outgoing.end();
    });
  const startedAtMs = performance.now();
  const timer = setInterval(() => {
    const due = Math.floor(((performance.now() - startedAtMs) / 1000) * REQUESTS_PER_SECOND * PATHS.length);
    while (count.sent < due) {
      const request_ = send(PATHS[count.sent % PATHS.length] ?? "/");
      running.add(request_);
      void request_.then(() => running.delete(request_));
    }
  }, 500 / REQUESTS_PER_SECOND);
  return {
    environment,
    stop: async () => {
      clearInterval(timer);
      await Promise.all(running);
      agent.destroy();
      return count;
    },
  };
}

function environmentOf(body: string): string | undefined {
  try {
    return (JSON.parse(body) as { environment?: string }).environment;
  } catch {
    return undefined;
  }
}

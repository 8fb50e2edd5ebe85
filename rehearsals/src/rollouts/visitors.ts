import { request } from "node:http";
import type { Cloud } from "../cloud.ts";

/** An answer that a visitor did not come for. */
export interface Failure {
  readonly what: string;
  /** 0 where nothing was answered. */
  readonly status: number;
  /** As the answer's headers name it; an error page of the edge names none. */
  readonly versionId: string | undefined;
  readonly ray: string | undefined;
}

export interface Visits {
  readonly sent: number;
  readonly failures: readonly Failure[];
}

const ANSWER_WITHIN_MS = 20_000;

/** Visitors of a host's page at a steady rate, whether or not those before them were answered, until stopped. */
export function startVisitors(options: {
  readonly cloud: Cloud;
  readonly host: string;
  readonly perSecond: number;
}): { stop(): Promise<Visits> } {
  const failures: Failure[] = [];
  const inside = new Set<Promise<void>>();
  const comeAndGo = async () => {
    const { failure } = await visitOnce(options);
    if (failure) failures.push(failure);
  };
  let sent = 0;
  const startedAt = performance.now();
  const timer = setInterval(() => {
    const due = Math.floor(((performance.now() - startedAt) / 1000) * options.perSecond);
    for (; sent < due; sent += 1) {
      const visit = comeAndGo();
      inside.add(visit);
      void visit.then(() => inside.delete(visit));
    }
  }, 50);
  return {
    stop: async () => {
      clearInterval(timer);
      await Promise.all(inside);
      return { sent, failures };
    },
  };
}

/** One visit: the page, and what was wrong with it. */
export function visitOnce({
  cloud,
  host,
  path = "/",
}: {
  readonly cloud: Cloud;
  readonly host: string;
  readonly path?: string;
}): Promise<{ readonly status: number; readonly body: string; readonly failure: Failure | undefined }> {
  const { hostname, port } = new URL(cloud.ready.edgeUrl);
  return new Promise((resolve) => {
    const unanswered = (error: Error) => {
      const failure = { what: error.message, status: 0, versionId: undefined, ray: undefined };
      resolve({ status: 0, body: "", failure });
    };
    const outgoing = request({ hostname, port, path, headers: { host }, agent: false }, (incoming) => {
      let body = "";
      incoming.setEncoding("utf8").on("data", (text: string) => (body += text));
      incoming.on("error", unanswered);
      incoming.on("end", () => {
        const { statusCode: status = 0, headers } = incoming;
        const what = `HTTP ${status} ${body.slice(0, 100)}`;
        const failure = {
          what,
          status,
          versionId: headers["x-worker-version"]?.toString(),
          ray: headers["cf-ray"]?.toString().split("-")[0],
        };
        resolve({ status, body, failure: status < 400 ? undefined : failure });
      });
    });
    outgoing.setTimeout(ANSWER_WITHIN_MS, () => outgoing.destroy(new Error("no answer in time")));
    outgoing.on("error", unanswered).end();
  });
}

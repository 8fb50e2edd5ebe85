import type { Cloud } from "../cloud.ts";
import { visit } from "../visit.ts";

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
      const guest = comeAndGo();
      inside.add(guest);
      void guest.then(() => inside.delete(guest));
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
export async function visitOnce({
  cloud,
  host,
  path = "/",
}: {
  readonly cloud: Cloud;
  readonly host: string;
  readonly path?: string;
}): Promise<{ readonly status: number; readonly body: string; readonly failure: Failure | undefined }> {
  try {
    const { status, body, headers } = await visit(cloud.ready.edgeUrl, { host, path });
    if (status < 400) return { status, body, failure: undefined };
    const what = `HTTP ${status} ${body.slice(0, 100)}`;
    const versionId = headers["x-worker-version"]?.toString();
    const ray = headers["cf-ray"]?.toString().split("-")[0];
    return { status, body, failure: { what, status, versionId, ray } };
  } catch (error) {
    const what = error instanceof Error ? error.message : String(error);
    return { status: 0, body: "", failure: { what, status: 0, versionId: undefined, ray: undefined } };
  }
}

import { RESET_HEADER } from "../faults/outbound.ts";

/**
 * Modules of our own that run inside workerd, next to the Worker's. They are text because workerd takes module sources,
 * and nothing but workerd runs them.
 */

export const ENTRY_MODULE = "__local-cloud-entry.mjs";
export const INSPECTOR_EXPORT = "LocalCloudInspector";
/** The Worker's default export under another name: what the runtime asks by name, it asks past the assets. */
export const DIRECT_EXPORT = "LocalCloudDirect";

/** Re-exports the Worker's main module, and adds an entrypoint that tells which handlers it has. */
export function entryModule(mainModule: string): string {
  const specifier = JSON.stringify(`./${mainModule}`);
  return `
import { WorkerEntrypoint } from "cloudflare:workers";
import * as worker from ${specifier};
export * from ${specifier};
const main = worker.default ?? {};
export { main as default, main as ${DIRECT_EXPORT} };

function methods(value) {
  const names = new Set();
  const root = typeof value === "function" ? value.prototype : value;
  for (let object = root; object && object !== Object.prototype; object = Object.getPrototypeOf(object)) {
    if (object === WorkerEntrypoint.prototype) break;
    for (const name of Reflect.ownKeys(object)) {
      if (typeof name === "string" && name !== "constructor" && typeof object[name] === "function") names.add(name);
    }
  }
  return [...names];
}

export class ${INSPECTOR_EXPORT} extends WorkerEntrypoint {
  fetch() {
    const named = Object.keys(worker).filter((name) => name !== "default");
    return Response.json({
      handlers: methods(worker.default),
      namedHandlers: named.map((name) => ({ name, handlers: methods(worker[name]) })),
    });
  }
}
`;
}

/** Collects trace events and hands them over in batches, so that a request doesn't wait for its log. */
export const TAIL_MODULE = `
let waiting = [];
let scheduled = false;
export default {
  async tail(events, env) {
    waiting.push(...events);
    if (scheduled) return;
    scheduled = true;
    try {
      await scheduler.wait(20);
    } finally {
      scheduled = false;
    }
    const batch = waiting;
    waiting = [];
    await env.SINK.fetch("http://sink/", { method: "POST", body: JSON.stringify(batch) });
  },
};
`;

/** Lets a Worker's requests reach this machine, and asks the local cloud about any other host. */
export const OUTBOUND_MODULE = `
export default {
  async fetch(request, env) {
    const { hostname } = new URL(request.url);
    const local = hostname === "127.0.0.1" || hostname === "[::1]" || hostname === "localhost";
    if (local) return fetch(request);
    const answer = await env.NETWORK.fetch(request);
    if (answer.headers.has("${RESET_HEADER}")) throw new Error("Network connection lost.");
    return answer;
  },
};
`;

import { once } from "node:events";
import { request, type IncomingMessage } from "node:http";
import { text } from "node:stream/consumers";
import type { Request, Response, WorkerOptions } from "miniflare";
import * as z from "zod";
import type { Binding } from "../services/workers/bindings.ts";
import type { VersionDocument } from "../services/workers/model.ts";
import { queueWorkerName, WORKER } from "./bindings.ts";
import { helperWorker } from "./runtime-options.ts";

/** A message of a queue as a consumer gets it; `body` is what `contentType` says, base64. */
export interface QueuedMessage {
  readonly id: string;
  readonly sentAtMs: number;
  readonly attempts: number;
  readonly contentType: "text" | "json" | "bytes" | "v8";
  readonly body: string;
}

const scheduledResultSchema = z.object({ outcome: z.string(), noRetry: z.boolean() });

const queueResultSchema = z.object({
  outcome: z.string(),
  ackAll: z.boolean(),
  retryBatch: z.object({ retry: z.boolean(), delaySeconds: z.number().optional() }),
  explicitAcks: z.array(z.string()),
  retryMessages: z.array(z.object({ msgId: z.string(), delaySeconds: z.number().optional() })),
});
/** What a consumer's `queue` handler did with a batch. */
export type QueueResult = z.infer<typeof queueResultSchema>;

/** The handlers of a running version besides `fetch`. Each resolves when the handler has ended. */
export interface WorkerEvents {
  /** `outcome` is "ok", or what went wrong, such as "exception". */
  scheduled(event: {
    readonly cron: string;
    readonly scheduledTimeMs: number;
  }): Promise<z.infer<typeof scheduledResultSchema>>;
  queue(batch: { readonly queue: string; readonly messages: readonly QueuedMessage[] }): Promise<QueueResult>;
}

type QueueBinding = Extract<Binding, { type: "queue" }>;
export type SendToQueue = (binding: QueueBinding, request: Request) => Promise<Response>;

/** Runs inside workerd: hands over what a queue's binding sends. */
const QUEUE_MODULE = "export default { fetch: (request, { SINK }) => SINK.fetch(request) };";

/** A Worker for each queue that a version sends to. */
export function queueWorkers(version: VersionDocument, send: SendToQueue): readonly WorkerOptions[] {
  return version.bindings.flatMap((binding) => {
    if (binding.type !== "queue") return [];
    const handler = (sent: Request) => send(binding, sent);
    return [
      helperWorker(queueWorkerName(binding.name), QUEUE_MODULE, { SINK: { type: "fetcher", handler } }),
    ];
  });
}

export const EVENTS_WORKER = "events";

/** Runs inside workerd: turns a request into an event of the Worker. */
const EVENTS_MODULE = `
function decoded({ id, sentAtMs, attempts, contentType, body }) {
  const bytes = Uint8Array.from(atob(body), (character) => character.charCodeAt(0));
  const message = { id, timestamp: new Date(sentAtMs), attempts };
  switch (contentType) {
    case "text": return { ...message, body: new TextDecoder().decode(bytes) };
    case "json": return { ...message, body: JSON.parse(new TextDecoder().decode(bytes)) };
    case "bytes": return { ...message, body: bytes.buffer };
    case "v8": return { ...message, serializedBody: bytes };
  }
}
export default {
  async fetch(request, { WORKER }) {
    const event = await request.json();
    if (new URL(request.url).pathname === "/scheduled") {
      return Response.json(await WORKER.scheduled({ cron: event.cron, scheduledTime: new Date(event.scheduledTimeMs) }));
    }
    return Response.json(await WORKER.queue(event.queue, event.messages.map(decoded)));
  },
};
`;

/** The Worker of a version's process that hands it events. */
export function eventsWorker(): WorkerOptions {
  const { config, dev } = helperWorker(EVENTS_WORKER, EVENTS_MODULE, {
    WORKER: { type: "worker", worker: WORKER },
  });
  return {
    config: { ...config, compatibilityFlags: ["service_binding_extra_handlers"] },
    dev: { ...dev, unsafeDirectSockets: [{ host: "127.0.0.1", port: 0 }] },
  };
}

/** @see https://developers.cloudflare.com/workers/platform/limits/#duration */
const HANDLER_LIMIT_MS = 15 * 60_000;

/** `origin` is where the process listens for events. What takes longer than the limit is rejected. */
export function eventsAt(origin: URL, limitMs = HANDLER_LIMIT_MS): WorkerEvents {
  const send = (path: string, event: unknown) => sendEvent(new URL(path, origin), event, limitMs);
  return {
    scheduled: async (event) => scheduledResultSchema.parse(await send("/scheduled", event)),
    queue: async (batch) => queueResultSchema.parse(await send("/queue", batch)),
  };
}

/** Without fetch's limit of five minutes: a handler may run for longer. */
async function sendEvent(url: URL, event: unknown, limitMs: number): Promise<unknown> {
  const outgoing = request(url, { method: "POST", signal: AbortSignal.timeout(limitMs) });
  outgoing.end(JSON.stringify(event));
  const [incoming] = (await once(outgoing, "response")) as [IncomingMessage];
  const answer = await text(incoming);
  if (incoming.statusCode !== 200) throw new Error(`the runtime took no event: ${answer}`);
  return JSON.parse(answer);
}

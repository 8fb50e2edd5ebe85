import * as z from "zod";
import { paged } from "../../http/pages.ts";
import { ok } from "../../http/reply.ts";
import type { ApiRequest } from "../../http/request.ts";
import type { Route } from "../../http/routes.ts";
import { unsupported } from "../workers/errors.ts";
import type { QueuesBackend } from "./backend.ts";
import type { Broker } from "./broker.ts";
import { handlerMissing } from "./errors.ts";
import type { QueueMessages } from "./messages.ts";
import {
  consumerSettingsSchema,
  queueSettingsSchema,
  type Consumer,
  type NewMessage,
  type Queue,
} from "./model.ts";
import { checked } from "./producer.ts";

const QUEUES = "/accounts/:accountId/queues";
const QUEUE = `${QUEUES}/:queueId`;
const CONSUMER = `${QUEUE}/consumers/:consumerId`;
const SOURCE = "https://developers.cloudflare.com/api/resources/queues/";

const nameSchema = z
  .string()
  .regex(/^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/iu, "must be letters, digits and dashes");
const createSchema = z.object({ queue_name: nameSchema, settings: queueSettingsSchema.prefault({}) });
const updateSchema = z.object({
  queue_name: nameSchema.optional(),
  settings: queueSettingsSchema.partial().optional(),
});
const consumerSchema = z.object({
  type: z.enum(["worker", "http_pull"]).default("worker"),
  script_name: z.string().optional(),
  dead_letter_queue: z.string().optional(),
  settings: consumerSettingsSchema.prefault({}),
});
const messageSchema = z.object({
  body: z.unknown(),
  content_type: z.enum(["text", "json"]).default("json"),
  delay_seconds: z.number().min(0).max(43_200).optional(),
});

export interface QueueRouteParts {
  readonly queues: QueuesBackend;
  readonly messages: QueueMessages;
  readonly broker: Broker;
  /** Names of the Workers that serve with a binding to the queue of that name. */
  readonly producersOf: (queue: string) => readonly string[];
  /** Whether a Worker that serves takes no messages; a Worker that doesn't serve may take them one day. */
  readonly lacksHandler: (worker: string) => boolean;
}

const doc = (summary: string) => ({ service: "Queues", summary, source: SOURCE });

/** @see https://developers.cloudflare.com/api/resources/queues/ */
export function queueRoutes(parts: QueueRouteParts): readonly Route[] {
  return [...resourceRoutes(parts), ...consumerRoutes(parts), ...messageRoutes(parts)];
}

function resourceRoutes({ queues, messages, broker, producersOf }: QueueRouteParts): readonly Route[] {
  const present = (queue: Queue) => presentQueue(queue, producersOf(queue.queue_name));
  return [
    {
      method: "GET",
      path: QUEUES,
      scope: "queues:read",
      doc: {
        ...doc("list queues"),
        fields: { "?name (repeatable)": "supported", "?page, ?per_page": "supported" },
      },
      handle: (request) => {
        const names = request.url.searchParams.getAll("name");
        const found = queues.list().filter((queue) => names.length === 0 || names.includes(queue.queue_name));
        return paged(request, found.map(present));
      },
    },
    {
      method: "POST",
      path: QUEUES,
      scope: "queues:write",
      doc: {
        ...doc("create a queue"),
        fields: {
          queue_name: "supported",
          "settings.delivery_delay": "supported",
          "settings.message_retention_period": "supported",
          "settings.delivery_paused": "supported",
        },
      },
      handle: async (request) => {
        const { queue_name: name, settings } = await request.json(createSchema);
        return ok(present(queues.create(name, settings)));
      },
    },
    {
      method: "GET",
      path: QUEUE,
      scope: "queues:read",
      doc: doc("a queue"),
      handle: (request) => ok(present(queues.get(idOf(request)))),
    },
    ...(["PATCH", "PUT"] as const).map((method): Route => ({
      method,
      path: QUEUE,
      scope: "queues:write",
      doc: doc("change a queue's name or settings"),
      handle: async (request) => {
        const { queue_name: name, settings } = await request.json(updateSchema);
        const before = queues.get(idOf(request));
        const merged = queueSettingsSchema.parse({ ...before.settings, ...settings });
        const queue = queues.update(before.queue_id, {
          queue_name: name ?? before.queue_name,
          settings: merged,
        });
        broker.consider(queue.queue_id);
        return ok(present(queue));
      },
    })),
    {
      method: "DELETE",
      path: QUEUE,
      scope: "queues:write",
      doc: doc("delete a queue with its messages and consumer"),
      handle: (request) => {
        queues.delete(idOf(request), producersOf);
        messages.clear(idOf(request));
        return ok(null);
      },
    },
  ];
}

function consumerRoutes({ queues, broker, lacksHandler }: QueueRouteParts): readonly Route[] {
  const given = async (request: ApiRequest) => {
    const consumer = await consumerOf(request);
    if (lacksHandler(consumer.script)) throw handlerMissing();
    return consumer;
  };
  const fields = {
    type: "refused: http_pull",
    script_name: "supported",
    dead_letter_queue: "supported",
    "settings.batch_size": "supported",
    "settings.max_retries": "supported",
    "settings.max_wait_time_ms": "supported",
    "settings.retry_delay": "supported",
    "settings.max_concurrency": "approximated: one batch at a time",
  } as const;
  return [
    {
      method: "GET",
      path: `${QUEUE}/consumers`,
      scope: "queues:read",
      doc: doc("the consumers of a queue"),
      handle: (request) => ok(presentQueue(queues.get(idOf(request)), []).consumers),
    },
    {
      method: "POST",
      path: `${QUEUE}/consumers`,
      scope: "queues:write",
      doc: { ...doc("add a consumer"), fields },
      handle: async (request) => {
        const queue = queues.get(idOf(request));
        const consumer = queues.addConsumer(queue.queue_id, await given(request));
        broker.consider(queue.queue_id);
        return ok(presentConsumer(queue, consumer));
      },
    },
    {
      method: "GET",
      path: CONSUMER,
      scope: "queues:read",
      doc: doc("a consumer"),
      handle: (request) =>
        ok(presentConsumer(queues.get(idOf(request)), queues.consumer(idOf(request), consumerIdOf(request)))),
    },
    {
      method: "PUT",
      path: CONSUMER,
      scope: "queues:write",
      doc: { ...doc("change a consumer"), fields },
      handle: async (request) => {
        const queue = queues.get(idOf(request));
        const change = await given(request);
        const consumer = queues.updateConsumer(queue.queue_id, consumerIdOf(request), change);
        broker.consider(queue.queue_id);
        return ok(presentConsumer(queue, consumer));
      },
    },
    {
      method: "DELETE",
      path: CONSUMER,
      scope: "queues:write",
      doc: doc("remove a consumer; messages are kept"),
      handle: (request) => {
        queues.removeConsumer(idOf(request), consumerIdOf(request));
        return ok(null);
      },
    },
  ];
}

function messageRoutes({ queues, messages, broker }: QueueRouteParts): readonly Route[] {
  const send = (request: ApiRequest, sent: readonly z.infer<typeof messageSchema>[]) => {
    const { queue_name: name } = queues.get(idOf(request));
    broker.send(name, checked(sent.map(newMessage)));
    return ok(null);
  };
  return [
    {
      method: "POST",
      path: `${QUEUE}/messages`,
      scope: "queues:write",
      doc: {
        ...doc("send a message"),
        fields: { body: "supported", content_type: "supported", delay_seconds: "supported" },
      },
      handle: async (request) => send(request, [await request.json(messageSchema)]),
    },
    {
      method: "POST",
      path: `${QUEUE}/messages/batch`,
      scope: "queues:write",
      doc: doc("send messages"),
      handle: async (request) =>
        send(request, (await request.json(z.object({ messages: z.array(messageSchema) }))).messages),
    },
    {
      method: "POST",
      path: `${QUEUE}/purge`,
      scope: "queues:write",
      doc: doc("drop all messages of a queue"),
      handle: async (request) => {
        await request.json(z.object({ delete_messages_permanently: z.literal(true) }));
        const queue = queues.get(idOf(request));
        messages.clear(queue.queue_id);
        return ok(presentQueue(queue, []));
      },
    },
  ];
}

async function consumerOf(request: ApiRequest): Promise<Omit<Consumer, "consumer_id" | "created_on">> {
  const { type, script_name: script, dead_letter_queue, settings } = await request.json(consumerSchema);
  if (type === "http_pull" || script === undefined) throw unsupported("queue consumers of type http_pull");
  return { script, dead_letter_queue: dead_letter_queue === "" ? undefined : dead_letter_queue, settings };
}

function newMessage({
  body,
  content_type: contentType,
  delay_seconds: delaySeconds,
}: z.infer<typeof messageSchema>): NewMessage {
  const text = contentType === "text" ? String(body) : JSON.stringify(body ?? null);
  return { contentType, body: Buffer.from(text), delaySeconds };
}

function presentQueue({ consumer, ...queue }: Queue, producers: readonly string[]) {
  const consumers = consumer ? [presentConsumer(queue, consumer)] : [];
  return {
    ...queue,
    producers: producers.map((script) => ({ type: "worker", script })),
    producers_total_count: producers.length,
    consumers,
    consumers_total_count: consumers.length,
  };
}

function presentConsumer({ queue_name }: Pick<Queue, "queue_name">, consumer: Consumer) {
  const { script, dead_letter_queue = "", ...rest } = consumer;
  return { ...rest, type: "worker", script, script_name: script, queue_name, dead_letter_queue };
}

function idOf(request: ApiRequest): string {
  return request.params["queueId"] ?? "";
}

function consumerIdOf(request: ApiRequest): string {
  return request.params["consumerId"] ?? "";
}

import * as z from "zod";

/** @see https://developers.cloudflare.com/queues/configuration/configure-queues/ */
export const queueSettingsSchema = z.object({
  delivery_delay: z.number().int().min(0).max(43_200).default(0),
  delivery_paused: z.boolean().default(false),
  message_retention_period: z.number().int().min(60).max(1_209_600).default(345_600),
});

/** Defaults and limits of push consumers. @see https://developers.cloudflare.com/queues/configuration/batching-retries/ */
export const consumerSettingsSchema = z.object({
  batch_size: z.number().int().min(1).max(100).default(10),
  max_retries: z.number().int().min(0).max(100).default(3),
  max_wait_time_ms: z.number().int().min(0).max(60_000).default(5000),
  max_concurrency: z.number().int().min(1).max(250).nullish(),
  retry_delay: z.number().int().min(0).max(43_200).default(0),
});

export interface Consumer {
  readonly consumer_id: string;
  readonly script: string;
  readonly created_on: string;
  /** Name of the queue for messages that failed too often. */
  readonly dead_letter_queue: string | undefined;
  readonly settings: z.infer<typeof consumerSettingsSchema>;
}

export interface Queue {
  /** 32 hex digits. */
  readonly queue_id: string;
  readonly queue_name: string;
  readonly created_on: string;
  readonly modified_on: string;
  readonly settings: z.infer<typeof queueSettingsSchema>;
  /** A queue has at most one push consumer. */
  readonly consumer: Consumer | undefined;
}

export const contentTypeSchema = z.enum(["text", "json", "bytes", "v8"]);

/** A message on its way into a queue. */
export interface NewMessage {
  readonly contentType: z.infer<typeof contentTypeSchema>;
  readonly body: Uint8Array;
  readonly delaySeconds: number | undefined;
}

/** How full a queue is; `oldestMessageTimestamp` in milliseconds, 0 for an empty one. */
export interface Backlog {
  readonly backlogCount: number;
  readonly backlogBytes: number;
  readonly oldestMessageTimestamp: number;
}

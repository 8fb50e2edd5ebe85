import { Response, type Request } from "miniflare";
import * as z from "zod";
import { Refusal } from "../../http/refusal.ts";
import { messageTooLarge } from "./errors.ts";
import { contentTypeSchema, type Backlog, type NewMessage } from "./model.ts";

/** @see https://developers.cloudflare.com/queues/platform/limits/ */
const MAX_MESSAGE_BYTES = 128_000;
const MAX_BATCH_BYTES = 256_000;
const MAX_BATCH_COUNT = 100;

const batchSchema = z.object({
  messages: z.array(
    z.object({
      body: z.base64(),
      contentType: contentTypeSchema.default("v8"),
      delaySecs: z.number().optional(),
    }),
  ),
});

/** Takes messages for a queue by name; `delaySeconds` is of those that bring no delay of their own. */
export type Send = (queue: string, messages: readonly NewMessage[], delaySeconds?: number) => Backlog;

/**
 * Answers what workerd sends for `send()` and `sendBatch()` of a queue's binding: `POST /message` and `POST /batch`.
 * @see https://github.com/cloudflare/workerd/blob/main/src/workerd/api/queue.c++
 */
export async function answerProducer(
  send: Send,
  binding: { readonly queue: string; readonly delaySeconds: number | undefined },
  request: Request,
): Promise<Response> {
  try {
    const { pathname } = new URL(request.url);
    if (pathname === "/metrics") return Response.json(send(binding.queue, []));
    const messages = pathname === "/batch" ? await batchOf(request) : await messageOf(request);
    const asked = request.headers.get("x-msg-delay-secs");
    const metrics = send(binding.queue, messages, asked === null ? binding.delaySeconds : Number(asked));
    return Response.json({ metadata: { metrics } });
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return new Response(error.message, { status: error.status });
  }
}

async function messageOf(request: Request): Promise<readonly NewMessage[]> {
  const body = new Uint8Array(await request.arrayBuffer());
  const contentType = contentTypeSchema.parse(request.headers.get("x-msg-fmt") ?? "v8");
  return checked([{ contentType, body, delaySeconds: undefined }]);
}

async function batchOf(request: Request): Promise<readonly NewMessage[]> {
  const { messages } = batchSchema.parse(await request.json());
  return checked(
    messages.map(({ body, contentType, delaySecs: delaySeconds }) => {
      return { contentType, body: new Uint8Array(Buffer.from(body, "base64")), delaySeconds };
    }),
  );
}

/** @throws {Refusal} 413 for what is over the limits. */
export function checked(messages: readonly NewMessage[]): readonly NewMessage[] {
  const sizes = messages.map(({ body }) => body.byteLength);
  const largest = Math.max(0, ...sizes);
  const total = sizes.reduce((sum, size) => sum + size, 0);
  if (messages.length > MAX_BATCH_COUNT)
    throw messageTooLarge(`batch message count of ${messages.length} exceeds limit of ${MAX_BATCH_COUNT}`);
  if (largest > MAX_MESSAGE_BYTES)
    throw messageTooLarge(`message length of ${largest} bytes exceeds limit of ${MAX_MESSAGE_BYTES}`);
  if (messages.length > 1 && total > MAX_BATCH_BYTES)
    throw messageTooLarge(`batch size of ${total} bytes exceeds limit of ${MAX_BATCH_BYTES}`);
  return messages;
}

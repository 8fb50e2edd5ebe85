import type { IncomingMessage } from "node:http";
import type * as z from "zod";
import { refusal } from "./refusal.ts";

/** Larger than any upload that Cloudflare accepts, small enough to keep a mistake from filling the memory. */
const MAX_BODY_BYTES = 512 * 1024 * 1024;

/** One request to the control plane, its path parameters decoded. Each body reader may be used once. */
export interface ApiRequest {
  readonly method: string;
  readonly url: URL;
  readonly headers: Headers;
  readonly params: Readonly<Record<string, string>>;
  bytes(): Promise<Buffer>;
  form(): Promise<FormData>;
  /** The body as JSON of that shape; refuses with 400 and code 10001 where it is not. */
  json<T>(schema: z.ZodType<T>): Promise<T>;
}

export function apiRequest(
  message: IncomingMessage,
  url: URL,
  params: Readonly<Record<string, string>>,
): ApiRequest {
  const headers = new Headers();
  for (let index = 0; index < message.rawHeaders.length; index += 2) {
    headers.append(message.rawHeaders[index] ?? "", message.rawHeaders[index + 1] ?? "");
  }
  const bytes = () => readBody(message);
  return {
    method: message.method ?? "GET",
    url,
    headers,
    params,
    bytes,
    form: async () => parseForm(await bytes(), headers.get("content-type") ?? ""),
    json: async (schema) => parseJson(await bytes(), schema),
  };
}

async function readBody(message: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of message as AsyncIterable<Buffer>) {
    size += chunk.byteLength;
    if (size > MAX_BODY_BYTES) throw refusal(413, 10_001, "Request body is too large");
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/**
 * A multipart form is known by its body too: the official SDK calls some of its forms `application/javascript`, and the
 * real API takes them.
 */
async function parseForm(body: Buffer, contentType: string): Promise<FormData> {
  const boundary = /^--(?<boundary>[^\r\n]{1,70})\r\n/u.exec(body.toString("latin1", 0, 80))?.groups?.[
    "boundary"
  ];
  const isForm = /^multipart\/form-data\s*;.*boundary=/iu.test(contentType);
  const type = isForm || boundary === undefined ? contentType : `multipart/form-data; boundary=${boundary}`;
  try {
    return await new Response(new Uint8Array(body), { headers: { "content-type": type } }).formData();
  } catch (error) {
    throw refusal(400, 10_001, `Unable to parse the request body as a form: ${reason(error)}`);
  }
}

function parseJson<T>(body: Buffer, schema: z.ZodType<T>): T {
  let value: unknown;
  try {
    value = JSON.parse(body.toString("utf8"));
  } catch (error) {
    throw refusal(400, 10_001, `Could not parse the request body as JSON: ${reason(error)}`);
  }
  return parseValue(value, schema);
}

/** Checks a value that a client sent; refuses with 400 and code 10001 and names the first field that is wrong. */
export function parseValue<T>(value: unknown, schema: z.ZodType<T>): T {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw refusal(
    400,
    10_001,
    `Invalid value at ${issue?.path.join(".") || "the root"}: ${issue?.message ?? "invalid"}`,
  );
}

function reason(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

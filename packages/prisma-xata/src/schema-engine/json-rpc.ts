import { createInterface } from "node:readline";
import type { Readable, Writable } from "node:stream";
import { EngineFailure } from "./failure.ts";

export type Methods = Readonly<Record<string, (parameters: unknown) => Promise<unknown>>>;

/** Has the CLI print `text`, as Prisma's engines do: the CLI itself prints no result. */
export type Print = (text: string) => void;

/** The code that Prisma's engines give every failure. */
const SERVER_ERROR = 4466;
const METHOD_NOT_FOUND = -32_601;

/**
 * Answers one request a line, in order, until the input ends.
 * @see https://www.jsonrpc.org/specification and
 * https://github.com/prisma/prisma-engines/tree/0edf323efd1d98336f3f0a68684b56f689b900d3/schema-engine/json-rpc-api
 */
export async function serveJsonRpc(
  makeMethods: (print: Print) => Methods,
  input: Readable,
  output: Writable,
): Promise<void> {
  let printed = 0;
  const send = (document: object) => output.write(`${JSON.stringify({ jsonrpc: "2.0", ...document })}\n`);
  const methods = makeMethods((content) => {
    printed += 1;
    send({ id: `print-${printed}`, method: "print", params: { content } });
  });
  for await (const line of createInterface({ input })) {
    const request = parseRequest(line);
    if (request !== undefined) send({ id: request.id, ...(await answer(methods, request)) });
  }
}

interface Request {
  readonly id: unknown;
  readonly method: string;
  readonly params: unknown;
}

/** Undefined for a line that asks nothing, such as the CLI's reply to `print`. */
function parseRequest(line: string): Request | undefined {
  if (line.trim() === "") return undefined;
  const document: unknown = JSON.parse(line);
  const fields = typeof document === "object" && document !== null ? { ...document } : {};
  const { id = null, method, params = {} }: { id?: unknown; method?: unknown; params?: unknown } = fields;
  return typeof method === "string" ? { id, method, params } : undefined;
}

async function answer(methods: Methods, { method, params }: Request): Promise<object> {
  const run = Object.hasOwn(methods, method) ? methods[method] : undefined;
  if (run === undefined) return refusal(METHOD_NOT_FOUND, new EngineFailure(`There is no method ${method}.`));
  try {
    return { result: (await run(params)) ?? null };
  } catch (error) {
    return refusal(SERVER_ERROR, EngineFailure.from(error));
  }
}

/** `data` is what the CLI shows: a message, and a code such as P3018 when there is one. */
function refusal(code: number, failure: EngineFailure): object {
  const data = { is_panic: false, message: failure.message, error_code: failure.code ?? null, meta: null };
  return { error: { code, message: failure.message, data } };
}

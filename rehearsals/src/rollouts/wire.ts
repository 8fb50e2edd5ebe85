import { createServer, request as httpRequest, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import * as z from "zod";

/** One request to Cloudflare's API, by delivery or by the wrangler that it has started. */
export interface Call {
  readonly method: string;
  /** Without `/client/v4` and the query. */
  readonly path: string;
  /** Of a deployment that delivery makes: a step's percentage, `abort` or `rollback`. */
  readonly step: string | undefined;
}

/** Something that happens once, at an exact moment of a delivery: before the API gets a call, or before the client gets the answer. */
export interface Moment {
  readonly when: "before" | "after";
  readonly is: (call: Call) => boolean;
  readonly act: () => unknown;
}

/** What stands between delivery and the API, passes everything on as it is, and knows when what is asked for. */
export interface Wire {
  /** The API's base address for whoever is to be observed. */
  readonly apiBaseUrl: string;
  once(moment: Moment): void;
  /** Forgets what has not happened yet. */
  clear(): void;
  stop(): Promise<void>;
}

export function routing(step: string): Moment["is"] {
  return (call) => call.step === step;
}

/** @param answersWithinMs longer than delivery and wrangler wait themselves. Then the wire answers 504, as gateways do. */
export async function startWire(upstream: string, answersWithinMs = 60_000): Promise<Wire> {
  let moments: readonly Moment[] = [];
  const happens = async (when: Moment["when"], call: Call) => {
    const due = moments.filter((moment) => moment.when === when && moment.is(call));
    moments = moments.filter((moment) => !due.includes(moment));
    for (const { act } of due) await act();
  };
  const server = createServer((incoming, outgoing) => {
    const pass = async () => {
      const body = await bytesOf(incoming);
      const call = callOf(incoming, body);
      await happens("before", call);
      const answer = await forward({ upstream, answersWithinMs }, incoming, body);
      await happens("after", call);
      outgoing.writeHead(answer.status, answer.headers).end(answer.body);
    };
    pass().catch(() => outgoing.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    apiBaseUrl: `http://127.0.0.1:${port}${new URL(upstream).pathname}`,
    once: (moment) => (moments = [...moments, moment]),
    clear: () => (moments = []),
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function bytesOf(message: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of message as AsyncIterable<Buffer>) chunks.push(chunk);
  return Buffer.concat(chunks);
}

const deploymentSchema = z.object({ annotations: z.object({ "workers/message": z.string() }) });

function callOf({ method = "GET", url = "/" }: IncomingMessage, body: Buffer): Call {
  const path = (url.split("?")[0] ?? "").replace(/^\/client\/v4/u, "");
  const isDeployment = method === "POST" && path.endsWith("/deployments");
  return { method, path, step: isDeployment ? stepOf(body) : undefined };
}

/** Deliveries say in a deployment's message: release, rollout, step, anchor. */
function stepOf(body: Buffer): string | undefined {
  try {
    const { annotations } = deploymentSchema.parse(JSON.parse(body.toString("utf8")));
    return annotations["workers/message"].split(" ")[2];
  } catch {
    return undefined;
  }
}

interface Answer {
  readonly status: number;
  readonly headers: IncomingMessage["headers"];
  readonly body: Buffer;
}

/** Hop by hop, and what the body's new form makes untrue. */
const OF_ONE_HOP = new Set(["connection", "keep-alive", "transfer-encoding", "content-length", "expect"]);

async function answerOf(incoming: IncomingMessage): Promise<Answer> {
  const body = await bytesOf(incoming);
  const headers = Object.entries(incoming.headers).filter(([name]) => !OF_ONE_HOP.has(name));
  return { status: incoming.statusCode ?? 502, headers: Object.fromEntries(headers), body };
}

function forward(
  { upstream, answersWithinMs }: { readonly upstream: string; readonly answersWithinMs: number },
  { method, url, headers }: IncomingMessage,
  body: Buffer,
): Promise<Answer> {
  const { hostname, port } = new URL(upstream);
  const kept = Object.entries(headers).filter(([name]) => !OF_ONE_HOP.has(name));
  const length = body.length > 0 ? { "content-length": String(body.length) } : {};
  const signal = AbortSignal.timeout(answersWithinMs);
  return new Promise((resolve, reject) => {
    const options = {
      hostname,
      port,
      method,
      path: url,
      headers: { ...Object.fromEntries(kept), ...length },
    };
    const failed = (error: unknown) => {
      if (!signal.aborted) return reject(error);
      const text = `${method} ${url} had no answer within ${answersWithinMs / 1000} s`;
      resolve({ status: 504, headers: {}, body: Buffer.from(text) });
    };
    const outgoing = httpRequest({ ...options, agent: false, signal }, (incoming) => {
      answerOf(incoming).then(resolve, failed);
    });
    outgoing.on("error", failed).end(body);
  });
}

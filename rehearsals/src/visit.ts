import { request, type IncomingHttpHeaders } from "node:http";

export interface Visited {
  readonly status: number;
  readonly body: string;
  readonly headers: IncomingHttpHeaders;
}

export interface Visit {
  readonly host: string;
  readonly path?: string;
  readonly accept?: string;
  /** Default: 20 s. */
  readonly withinMs?: number;
}

/** What a visitor of a host gets from the edge, on a connection of its own. @throws an error that names the visit, when nothing whole comes in time */
export function visit(edgeUrl: string, options: Visit): Promise<Visited> {
  const { host, path = "/", accept, withinMs = 20_000 } = options;
  const { hostname, port } = new URL(edgeUrl);
  const headers = { host, ...(accept !== undefined && { accept }) };
  const signal = AbortSignal.timeout(withinMs);
  return new Promise((resolve, reject) => {
    const failed = (cause: Error) => {
      const why = signal.aborted ? "no answer in time" : cause.message;
      reject(new Error(`GET ${host}${path}: ${why}`, { cause }));
    };
    const outgoing = request({ hostname, port, path, headers, agent: false, signal }, (incoming) => {
      let body = "";
      incoming.setEncoding("utf8").on("data", (text: string) => (body += text));
      incoming.on("error", failed);
      incoming.on("end", () =>
        resolve({ status: incoming.statusCode ?? 0, body, headers: incoming.headers }),
      );
    });
    outgoing.on("error", failed).end();
  });
}

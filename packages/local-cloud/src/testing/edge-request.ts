import { request } from "node:http";
import type { Ready } from "../ready-file.ts";
import { ANSWERS_WITHIN_MS } from "./fetch-text.ts";

export interface EdgeAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
}

/** One request to the edge, addressed by its Host header. @throws an error that names it, when nothing whole is answered in time */
export function edgeRequest(
  ready: Pick<Ready, "edgeUrl">,
  target: {
    readonly host: string;
    readonly path?: string;
    readonly method?: string;
    readonly body?: string;
    readonly headers?: Readonly<Record<string, string>>;
    readonly withinMs?: number;
  },
): Promise<EdgeAnswer> {
  const { hostname, port } = new URL(ready.edgeUrl);
  const { host, path = "/", method = "GET", body, headers = {}, withinMs = ANSWERS_WITHIN_MS } = target;
  const signal = AbortSignal.timeout(withinMs);
  const options = { hostname, port, path, method, headers: { host, ...headers }, signal };
  return new Promise((resolve, reject) => {
    const failed = (cause: Error) => {
      const why = signal.aborted ? "no answer in time" : cause.message;
      reject(new Error(`${method} ${host}${path}: ${why}`, { cause }));
    };
    const outgoing = request(options, (incoming) => {
      let text = "";
      incoming.setEncoding("utf8").on("data", (chunk: string) => (text += chunk));
      incoming.on("error", failed);
      incoming.on("end", () =>
        resolve({ status: incoming.statusCode ?? 0, headers: incoming.headers, body: text }),
      );
    });
    outgoing.on("error", failed);
    outgoing.end(body);
  });
}

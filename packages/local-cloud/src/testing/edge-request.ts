import { request } from "node:http";
import type { Ready } from "../ready-file.ts";

export interface EdgeAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
}

/** One request to the edge, addressed by its Host header. */
export function edgeRequest(
  ready: Ready,
  target: {
    readonly host: string;
    readonly path?: string;
    readonly method?: string;
    readonly body?: string;
    readonly headers?: Readonly<Record<string, string>>;
  },
): Promise<EdgeAnswer> {
  const { hostname, port } = new URL(ready.edgeUrl);
  const { host, path = "/", method = "GET", body, headers = {} } = target;
  return new Promise((resolve, reject) => {
    const outgoing = request({ hostname, port, path, method, headers: { host, ...headers } }, (incoming) => {
      let text = "";
      incoming.setEncoding("utf8").on("data", (chunk: string) => (text += chunk));
      incoming.on("end", () =>
        resolve({ status: incoming.statusCode ?? 0, headers: incoming.headers, body: text }),
      );
    });
    outgoing.on("error", reject);
    outgoing.end(body);
  });
}

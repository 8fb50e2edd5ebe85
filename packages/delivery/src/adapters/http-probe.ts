import { request as httpRequest } from "node:http";
import { request as httpsRequest } from "node:https";
import type { ProbeAnswer, ProbeTarget } from "../ports.ts";

const MAX_BODY_BYTES = 1024 * 1024;

/** One request, a GET unless told otherwise, that keeps the Host of `url` while it connects to `connectTo`. No answer within `timeoutMs` is an answer too. */
export function probeHttp(target: ProbeTarget, timeoutMs: number): Promise<ProbeAnswer> {
  const url = new URL(target.url);
  const at = new URL(target.connectTo ?? target.url);
  const startedAt = performance.now();
  const request = at.protocol === "https:" ? httpsRequest : httpRequest;
  return new Promise((resolve) => {
    const failed = (error: Error) =>
      resolve({
        kind: "none",
        reason: error.name === "AbortError" ? `no answer within ${timeoutMs} ms` : error.message,
      });
    const outgoing = request(
      {
        host: at.hostname,
        port: at.port === "" ? undefined : at.port,
        servername: url.hostname,
        path: `${url.pathname}${url.search}`,
        method: target.method ?? "GET",
        headers: {
          host: url.host,
          accept: "application/json",
          "cache-control": "no-cache",
          ...target.headers,
        },
        signal: AbortSignal.timeout(timeoutMs),
      },
      (incoming) => {
        const chunks: Buffer[] = [];
        let size = 0;
        incoming.on("data", (chunk: Buffer) => {
          size += chunk.byteLength;
          if (size > MAX_BODY_BYTES) outgoing.destroy(new Error("its answer is larger than 1 MiB"));
          else chunks.push(chunk);
        });
        incoming.on("error", failed);
        incoming.on("end", () => {
          const headers = Object.fromEntries(
            Object.entries(incoming.headers).map(([name, value]) => [
              name,
              Array.isArray(value) ? value.join("\n") : String(value),
            ]),
          );
          const body = Buffer.concat(chunks).toString("utf8");
          resolve({
            kind: "answer",
            status: incoming.statusCode ?? 0,
            headers,
            body,
            durationMs: performance.now() - startedAt,
          });
        });
      },
    );
    outgoing.on("error", failed);
    outgoing.end(target.body);
  });
}

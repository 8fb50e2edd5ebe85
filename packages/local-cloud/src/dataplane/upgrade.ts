import { request as httpRequest, type IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import type { ErrorPage } from "./error-pages.ts";
import { recordOf, type Exchange, type RequestRecord } from "./exchange.ts";
import { requestLine } from "./forward.ts";
import { switchingHeaders } from "./headers.ts";
import type { Lease } from "./pool.ts";

interface Client {
  readonly socket: Duplex;
  readonly head: Buffer;
}

/** Joins a client that wants another protocol (WebSocket) with a version's process. */
export function forwardUpgrade(
  exchange: Exchange,
  { socket, head }: Client,
  { lease, onRequest }: { readonly lease: Lease; readonly onRequest: (record: RequestRecord) => void },
): void {
  const upstream = httpRequest(requestLine(exchange, lease));
  socket.on("error", () => upstream.destroy());
  upstream.on("close", () => lease.release());
  upstream.on("upgrade", (incoming, upstreamSocket, upstreamHead) => {
    socket.write(headText(incoming, exchange.ray));
    if (upstreamHead.length > 0) socket.write(upstreamHead);
    if (head.length > 0) upstreamSocket.write(head);
    upstreamSocket.on("data", () => lease.progress());
    upstreamSocket.pipe(socket).pipe(upstreamSocket);
    upstreamSocket.on("error", () => socket.destroy());
    socket.on("error", () => upstreamSocket.destroy());
    socket.on("close", () => upstreamSocket.destroy());
    upstreamSocket.on("close", () => {
      const ended = lease.ended();
      const outcome = ended === undefined || ended === "crashed" ? "success" : "exceededResources";
      onRequest(recordOf(exchange, { status: 101, outcome, cpuMs: lease.release() }));
    });
  });
  upstream.on("response", (incoming) => {
    const status = incoming.statusCode ?? 502;
    socket.write(headText(incoming, exchange.ray, ["connection", "close"]));
    incoming.pipe(socket);
    onRequest(recordOf(exchange, { status, outcome: "success", cpuMs: lease.release() }));
  });
  upstream.on("error", () => socket.destroy());
  upstream.end();
}

export function refuseUpgrade({ socket }: Client, page: ErrorPage): void {
  const lines = Object.entries(page.headers).map(([name, value]) => `${name}: ${value}`);
  const length = `content-length: ${Buffer.byteLength(page.body)}`;
  const head = [`HTTP/1.1 ${page.status} Refused`, ...lines, length, "connection: close", "", ""];
  socket.end(`${head.join("\r\n")}${page.body}`);
}

/** An answer that is no switch goes on to the end of the connection. */
function headText(incoming: IncomingMessage, ray: string, more: readonly string[] = []): string {
  const isSwitch = more.length === 0;
  const headers = [...switchingHeaders(incoming.rawHeaders, ray, { isSwitch }), ...more];
  const lines = Array.from(
    { length: headers.length / 2 },
    (_, index) => `${headers[index * 2]}: ${headers[index * 2 + 1]}`,
  );
  return [`HTTP/1.1 ${incoming.statusCode} ${incoming.statusMessage}`, ...lines, "", ""].join("\r\n");
}

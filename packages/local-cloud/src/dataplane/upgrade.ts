import { request as httpRequest, type IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import type { ErrorPage } from "./error-pages.ts";
import { recordOf, type Exchange, type InvocationStatus, type RequestRecord } from "./exchange.ts";
import { requestLine } from "./forward.ts";
import { switchingHeaders } from "./headers.ts";
import type { Lease } from "./pool.ts";

interface Client {
  readonly socket: Duplex;
  readonly head: Buffer;
}

/** What the log shows as the status of a request whose client went away before the answer had begun. */
const CLIENT_CLOSED_REQUEST = 499;
const BAD_GATEWAY = 502;

/** Joins a client that wants another protocol (WebSocket) with a version's process. The one ends with the other. */
export function forwardUpgrade(
  exchange: Exchange,
  { socket, head }: Client,
  { lease, onRequest }: { readonly lease: Lease; readonly onRequest: (record: RequestRecord) => void },
): void {
  let isNoted = false;
  const note = (status: number, outcome: InvocationStatus) => {
    const cpuMs = lease.release();
    if (!isNoted) onRequest(recordOf(exchange, { status, outcome, cpuMs }));
    isNoted = true;
  };
  if (socket.destroyed) return note(CLIENT_CLOSED_REQUEST, "clientDisconnected");
  const upstream = httpRequest(requestLine(exchange, lease));
  upstream.on("close", () => lease.release());
  upstream.on("upgrade", (incoming, upstreamSocket, upstreamHead) => {
    socket.off("close", leave);
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
      note(101, ended === undefined || ended === "crashed" ? "success" : "exceededResources");
    });
  });
  upstream.on("response", (incoming) => {
    socket.write(headText(incoming, exchange.ray, ["connection", "close"]));
    incoming.pipe(socket);
    note(incoming.statusCode ?? BAD_GATEWAY, "success");
  });
  upstream.on("error", () => {
    note(BAD_GATEWAY, "internalError");
    socket.destroy();
  });
  const leave = () => {
    note(CLIENT_CLOSED_REQUEST, "clientDisconnected");
    upstream.destroy();
  };
  socket.on("close", leave);
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

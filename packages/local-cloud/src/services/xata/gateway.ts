import {
  createServer as createHttpServer,
  type IncomingMessage,
  type Server as HttpServer,
  type ServerResponse,
} from "node:http";
import { connect, createServer, type Server, type Socket } from "node:net";
import { WebSocketServer } from "ws";
import { LocalCloudError, systemErrorCode } from "../../errors.ts";
import { failedAnswer, Refusal, type FailedAnswer } from "./errors.ts";
import { execute, type ExecutionLimits } from "./execute.ts";
import { refusedConnection } from "./login.ts";
import type { SessionPool } from "./session-pool.ts";
import { LIMITS, parseSqlRequest, type SqlRequest } from "./sql-over-http.ts";
import { join, serveWebSocket } from "./websocket.ts";

export interface GatewayOptions {
  readonly host: string;
  /** 0 for any that is free. */
  readonly port: number;
  readonly socketPath: string;
  readonly sessions: SessionPool;
  readonly log: (line: string) => void;
  readonly limits?: ExecutionLimits | undefined;
  /**
   * Asked for each request and each connection: comes back when PostgreSQL is awake, with what to call at its end.
   * @throws {Refusal} BRANCH_HIBERNATED
   */
  readonly admit: () => Promise<() => void>;
  readonly front?: GatewayFront | undefined;
}

/** What stands before the gateway, to make it fail on purpose. */
export interface GatewayFront {
  readonly http: (server: HttpServer) => void;
  /** Whether a connection of PostgreSQL's own protocol goes on. */
  readonly postgres: (socket: Socket) => Promise<boolean>;
}

/** One port for PostgreSQL's protocol and for HTTP and WebSockets. */
export interface Gateway {
  readonly port: number;
  /** Cuts every connection and frees the port. */
  close(): Promise<void>;
}

/** A startup message begins with its length, which is under 2^24, so its first byte is zero; that of HTTP never is. */
const POSTGRES_FIRST_BYTE = 0;
const WEBSOCKET_PATH = "/v2";
const CORS_HEADERS = { "access-control-allow-origin": "*", vary: "Origin" };

/** @throws {LocalCloudError} PORT_TAKEN */
export async function openGateway(options: GatewayOptions): Promise<Gateway> {
  const http = createHttpServer((request, response) => void answer(options, request, response));
  const webSockets = new WebSocketServer({ noServer: true, perMessageDeflate: false });
  http.on("upgrade", (request: IncomingMessage, socket: Socket, head: Buffer) => {
    if (pathOf(request) !== WEBSOCKET_PATH) {
      socket.end("HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\nconnection: close\r\n\r\n");
      return;
    }
    webSockets.handleUpgrade(
      request,
      socket,
      head,
      (webSocket) => void serveWebSocket({ ...options, webSocket }),
    );
  });
  options.front?.http(http);
  const mayPass = options.front?.postgres ?? (() => Promise.resolve(true));
  const open = new Set<Socket>();
  const server = createServer((socket) => {
    open.add(socket);
    socket.on("close", () => open.delete(socket));
    socket.on("error", () => socket.destroy());
    sniff(socket, {
      http: () => http.emit("connection", socket),
      postgres: () => {
        void mayPass(socket).then(async (passed) => passed && proxy(socket, options));
      },
    });
  });
  await listen(server, options);
  return {
    port: portOf(server, options.port),
    close: async () => {
      const closed = new Promise<void>((resolve) => void server.close(() => resolve()));
      for (const socket of open) socket.destroy();
      await closed;
    },
  };
}

function sniff(socket: Socket, handlers: { readonly http: () => void; readonly postgres: () => void }): void {
  socket.setNoDelay(true);
  socket.once("readable", () => {
    const chunk: unknown = socket.read();
    if (!Buffer.isBuffer(chunk)) return;
    socket.unshift(chunk);
    if (chunk[0] === POSTGRES_FIRST_BYTE) handlers.postgres();
    else handlers.http();
  });
}

/** PostgreSQL answers everything itself, a request for TLS included; only while it hibernates can't it. */
async function proxy(client: Socket, options: GatewayOptions): Promise<void> {
  try {
    const leave = await options.admit();
    client.once("close", leave);
    if (client.destroyed) leave();
    else join(client, connect(options.socketPath));
  } catch (error) {
    if (error instanceof Refusal) client.end(refusedConnection(error.message));
    else client.destroy();
  }
}

async function answer(
  options: GatewayOptions,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  if (pathOf(request) !== "/sql") {
    options.log(`unknown route: ${request.method} ${pathOf(request)}`);
    send(response, 404, JSON.stringify({ message: "Not Found" }));
  } else if (request.method === "OPTIONS") {
    const headers = { "access-control-allow-methods": "POST", "access-control-allow-headers": "*" };
    response.writeHead(204, { ...CORS_HEADERS, ...headers }).end();
  } else if (request.method === "POST") {
    await answerSql(options, request, response);
  } else {
    send(response, 405, JSON.stringify({ message: "Method Not Allowed" }));
  }
}

async function answerSql(
  options: GatewayOptions,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  try {
    const body = await readBody(request);
    if (body === undefined) {
      send(response, 413, JSON.stringify({ message: "Request Entity Too Large" }));
      return;
    }
    await answerStatements(options, { request, response, body });
  } catch (error) {
    const failed = failedAnswer(error);
    report(options, failed);
    send(response, failed.status, JSON.stringify(failed.body));
  }
}

async function answerStatements(
  options: GatewayOptions,
  exchange: { readonly request: IncomingMessage; readonly response: ServerResponse; readonly body: string },
): Promise<void> {
  const { request, response } = exchange;
  const sql = parseSqlRequest(request.headers, exchange.body);
  checkHost(sql.connection.host, options.host, request.headers.host);
  const leave = await options.admit();
  try {
    await answerAwake(options, { response, sql });
  } finally {
    leave();
  }
}

async function answerAwake(
  options: GatewayOptions,
  { response, sql }: { readonly response: ServerResponse; readonly sql: SqlRequest },
): Promise<void> {
  const session = await options.sessions.lend(sql.connection);
  const abort = () => {
    if (!response.writableEnded) session.abort();
  };
  response.once("close", abort);
  try {
    send(response, 200, await execute(session, sql, options.limits));
  } finally {
    response.off("close", abort);
    await session.giveBack();
  }
}

/** The host of the connection string chooses the branch; here there is one, so it must be the host that was asked. */
function checkHost(named: string, ours: string, asked: string | undefined): void {
  const known = [ours, "localhost", "127.0.0.1", "[::1]", URL.parse(`http://${asked}`)?.hostname];
  if (!known.includes(named))
    throw new Refusal("INVALID_HOST", `read branch name: hostname [${named}]: not found`);
}

/** Undefined when the body is larger than the gateway takes; the rest is read and dropped, so that the client hears why. */
async function readBody(request: IncomingMessage): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes <= LIMITS.bodyBytes) chunks.push(chunk);
    else chunks.length = 0;
  }
  return bytes > LIMITS.bodyBytes ? undefined : Buffer.concat(chunks).toString("utf8");
}

function send(response: ServerResponse, status: number, json: string): void {
  if (response.destroyed || response.headersSent) return;
  response.writeHead(status, { ...CORS_HEADERS, "content-type": "application/json" }).end(json);
}

function report(options: GatewayOptions, failed: FailedAnswer): void {
  if (failed.status >= 500) options.log(`${failed.status} ${failed.body["code"]}: ${failed.body["message"]}`);
}

function pathOf(request: IncomingMessage): string {
  return (request.url ?? "/").split("?")[0] ?? "/";
}

function portOf(server: Server, requested: number): number {
  const address = server.address();
  return typeof address === "object" && address !== null ? address.port : requested;
}

async function listen(server: Server, options: GatewayOptions): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    server.once("error", (error) => reject(listenFailure(options, error)));
    server.listen(options.port, options.host, resolve);
  });
}

function listenFailure(options: GatewayOptions, error: Error): Error {
  if (systemErrorCode(error) !== "EADDRINUSE") return error;
  return new LocalCloudError({
    code: "PORT_TAKEN",
    message: `Port ${options.port} on ${options.host} is taken, so the database gateway can't listen there.`,
    hint: "Stop what listens there, or choose another port (0 for any that is free).",
    cause: error,
  });
}

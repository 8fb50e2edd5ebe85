import { connect } from "node:net";
import type { Duplex } from "node:stream";
import { DatabaseError } from "pg";
import { createWebSocketStream, type WebSocket } from "ws";
import { Refusal } from "./errors.ts";
import { logIn, loginReply, refusedConnection, refusedLogin } from "./login.ts";
import {
  asksForEncryption,
  parsePasswordMessage,
  parseStartupPacket,
  type StartupPacket,
} from "./startup-packet.ts";

/**
 * Carries PostgreSQL's wire protocol over a WebSocket, one session each. A client may send its password together with the
 * startup message, in clear: it is then logged in on its behalf, with whatever method PostgreSQL asks for.
 * @see https://github.com/xataio/xata/blob/f9d5e6cd89e02ea52c1a29a35184b7f11ce98186/services/gateway/serverless/pgauth.go
 */
export async function serveWebSocket({
  socketPath,
  webSocket,
  admit,
}: {
  readonly socketPath: string;
  readonly webSocket: WebSocket;
  readonly admit: () => Promise<() => void>;
}): Promise<void> {
  const frame = await firstFrame(webSocket);
  const startup = frame && parseStartupPacket(frame);
  if (startup === undefined || !(await isAdmitted(webSocket, admit))) {
    webSocket.terminate();
    return;
  }
  const database = await openSession(socketPath, webSocket, startup);
  if (database === undefined) {
    webSocket.terminate();
    return;
  }
  join(createWebSocketStream(webSocket), database);
}

/** Tells the client when its branch hibernates. */
async function isAdmitted(webSocket: WebSocket, admit: () => Promise<() => void>): Promise<boolean> {
  try {
    const leave = await admit();
    if (webSocket.readyState === webSocket.OPEN) webSocket.once("close", leave);
    else leave();
    return true;
  } catch (error) {
    if (error instanceof Refusal) await sent(webSocket, refusedConnection(error.message));
    return false;
  }
}

/** Connects two streams for as long as both last. */
export function join(left: Duplex, right: Duplex): void {
  left.pipe(right);
  right.pipe(left);
  for (const [one, other] of [
    [left, right],
    [right, left],
  ] as const) {
    one.on("error", () => other.destroy());
    one.on("close", () => other.destroy());
  }
}

async function firstFrame(webSocket: WebSocket): Promise<Buffer | undefined> {
  return new Promise((resolve) => {
    webSocket.on("message", function onFrame(data: Buffer) {
      if (asksForEncryption(data)) {
        webSocket.send("N");
        return;
      }
      webSocket.off("message", onFrame);
      webSocket.pause();
      resolve(data);
    });
    webSocket.on("close", () => resolve(undefined));
    webSocket.on("error", () => resolve(undefined));
  });
}

async function openSession(
  socketPath: string,
  webSocket: WebSocket,
  startup: StartupPacket,
): Promise<Duplex | undefined> {
  const pipelined = parsePasswordMessage(startup.rest);
  if (pipelined !== undefined) return openLoggedIn(socketPath, webSocket, { startup, ...pipelined });
  return new Promise((resolve) => {
    const socket = connect(socketPath, () => {
      socket.write(Buffer.concat([startup.message, startup.rest]));
      resolve(socket);
    });
    socket.on("error", () => resolve(undefined));
  });
}

async function openLoggedIn(
  socketPath: string,
  webSocket: WebSocket,
  login: { readonly startup: StartupPacket; readonly password: string; readonly rest: Buffer },
): Promise<Duplex | undefined> {
  try {
    const session = await logIn(socketPath, login.startup.parameters, login.password);
    webSocket.send(loginReply(session));
    session.socket.write(login.rest);
    return session.socket;
  } catch (error) {
    if (error instanceof DatabaseError) await sent(webSocket, refusedLogin(error));
    return undefined;
  }
}

/** Resolves when the bytes have left this process, or can't. */
async function sent(webSocket: WebSocket, bytes: Buffer): Promise<void> {
  await new Promise<void>((resolve) => {
    webSocket.send(bytes, () => resolve());
  });
}

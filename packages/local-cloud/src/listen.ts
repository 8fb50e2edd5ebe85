import type { AddressInfo, Server, Socket } from "node:net";
import { LocalCloudError, systemErrorCode } from "./errors.ts";

/** The open connections of each server, those included that changed their protocol: the server itself forgets them. */
const connections = new WeakMap<Server, ReadonlySet<Socket>>();

/**
 * Binds a server; `port` 0 takes any free one.
 * @throws {LocalCloudError} PORT_TAKEN with the flag that chooses another port.
 */
export function listen(
  server: Server,
  at: { readonly host: string; readonly port: number; readonly flag: string },
): Promise<number> {
  const open = new Set<Socket>();
  connections.set(server, open);
  server.on("connection", (socket: Socket) => {
    open.add(socket);
    socket.once("close", () => open.delete(socket));
  });
  return new Promise((resolve, reject) => {
    server.once("error", (error) => reject(failure(error, at)));
    server.listen({ host: at.host, port: at.port }, () => resolve((server.address() as AddressInfo).port));
  });
}

function failure(error: Error, { host, port, flag }: { host: string; port: number; flag: string }): Error {
  const code = systemErrorCode(error);
  if (code !== "EADDRINUSE" && code !== "EACCES") return error;
  return new LocalCloudError({
    code: "PORT_TAKEN",
    message: `${host}:${port} can't be listened on: ${code === "EACCES" ? "permission denied" : "another program has it"}.`,
    hint: `Choose another port with ${flag} PORT, or ${flag} 0 for any free one.`,
    cause: error,
  });
}

/** Stops taking connections, ends idle ones at once and the others after `graceMs`. For one that `listen` bound. */
export function closeServer(
  server: Server & { closeIdleConnections?(): void },
  graceMs: number,
): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => {
      for (const socket of connections.get(server) ?? []) socket.destroy();
    }, graceMs).unref();
    server.close(() => {
      clearTimeout(timer);
      resolve();
    });
    server.closeIdleConnections?.();
  });
}

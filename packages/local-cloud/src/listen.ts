import type { AddressInfo, Server } from "node:net";
import { LocalCloudError, systemErrorCode } from "./errors.ts";

/**
 * Binds a server; `port` 0 takes any free one.
 * @throws {LocalCloudError} PORT_TAKEN with the flag that chooses another port.
 */
export function listen(
  server: Server,
  at: { readonly host: string; readonly port: number; readonly flag: string },
): Promise<number> {
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

/** Stops taking connections, ends idle ones at once and the others after `graceMs`. */
export function closeServer(
  server: Server & { closeAllConnections?(): void; closeIdleConnections?(): void },
  graceMs: number,
): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => server.closeAllConnections?.(), graceMs).unref();
    server.close(() => {
      clearTimeout(timer);
      resolve();
    });
    server.closeIdleConnections?.();
  });
}

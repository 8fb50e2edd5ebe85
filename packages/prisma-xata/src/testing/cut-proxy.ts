import { connect, createServer, type Socket } from "node:net";

/** A way to a server that can be held up and cut at any moment. */
export interface CutProxy {
  readonly port: number;
  /** How many connections there have been. */
  readonly connections: () => number;
  /** From now on what one side sends is kept back; what the other sends still arrives. */
  readonly hold: (side: "requests" | "replies") => void;
  /** Cuts every connection and drops what was kept back. New connections pass again. */
  readonly cut: () => void;
  readonly close: () => Promise<void>;
}

export async function startCutProxy(targetPort: number): Promise<CutProxy> {
  const sockets = new Set<Socket>();
  const held = { requests: false, replies: false };
  let connections = 0;
  const server = createServer((client) => {
    connections += 1;
    const target = connect(targetPort, "127.0.0.1");
    for (const socket of [client, target]) {
      sockets.add(socket);
      socket.on("error", () => socket.destroy());
      socket.on("close", () => {
        client.destroy();
        target.destroy();
        sockets.delete(socket);
      });
    }
    client.on("data", (bytes) => held.requests || target.write(bytes));
    target.on("data", (bytes) => held.replies || client.write(bytes));
  });
  await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  const cut = () => {
    for (const socket of sockets) socket.destroy();
    held.requests = false;
    held.replies = false;
  };
  return {
    port: typeof address === "object" && address !== null ? address.port : 0,
    connections: () => connections,
    hold: (side) => {
      held[side] = true;
    },
    cut,
    close: async () => {
      cut();
      await new Promise((resolve) => void server.close(resolve));
    },
  };
}

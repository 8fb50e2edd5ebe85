import { once } from "node:events";
import { createServer, type Server } from "node:http";
import { connect, type Socket } from "node:net";
import { expect, test } from "vitest";
import { closeServer, listen } from "./listen.ts";

const AT = { host: "127.0.0.1", port: 0, flag: "--port" };

async function connected(server: Server, request: string): Promise<Socket> {
  const client = connect(await listen(server, AT), "127.0.0.1");
  await once(client, "connect");
  client.write(request);
  return client.resume().on("error", () => undefined);
}

test("a connection that changed its protocol is ended after the grace", async () => {
  const server = createServer().on("upgrade", (_, socket) => void socket.on("error", () => undefined));
  const client = await connected(
    server,
    "GET / HTTP/1.1\r\nhost: a\r\nconnection: upgrade\r\nupgrade: websocket\r\n\r\n",
  );
  await once(server, "upgrade");

  await closeServer(server, 20);

  await expect.poll(() => client.closed).toBe(true);
});

test("a request under way is answered within the grace", async () => {
  const server = createServer((_, response) => {
    setTimeout(() => response.end("answer"), 20);
  });
  const client = await connected(server, "GET / HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n");
  let answer = "";
  client.on("data", (chunk: Buffer) => (answer += chunk.toString()));
  await once(server, "request");

  await closeServer(server, 60_000);

  await expect.poll(() => answer).toContain("answer");
});

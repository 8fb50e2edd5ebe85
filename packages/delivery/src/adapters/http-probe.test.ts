import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, onTestFinished, test } from "vitest";
import { probeHttp } from "./http-probe.ts";

async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

test("an answer that comes drop by drop is none after the time limit", async () => {
  const url = await serve((_request, response) => {
    const drops = setInterval(() => response.write("."), 10);
    response.on("close", () => clearInterval(drops));
  });

  const answer = await probeHttp({ url, connectTo: undefined, headers: {} }, 100);

  expect(answer).toEqual({ kind: "none", reason: "no answer within 100 ms" });
});

test("an answer within the time limit is one", async () => {
  const url = await serve((_request, response) => response.end("well"));

  await expect(probeHttp({ url, connectTo: undefined, headers: {} }, 5000)).resolves.toMatchObject({
    kind: "answer",
    status: 200,
    body: "well",
  });
});

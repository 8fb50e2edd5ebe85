import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, describe, expect, test } from "vitest";
import { ask } from "./ask.ts";
import { startWire } from "./rollouts/wire.ts";
import { visit } from "./visit.ts";

const never: RequestListener = () => undefined;
const begun: RequestListener = (_, response) => void response.writeHead(200).write("{");
const cut: RequestListener = (_, response) => {
  response.writeHead(200, { "content-length": "100" }).write("{", () => response.destroy());
};

let server: Server | undefined;
afterEach(() => {
  server?.close();
  server?.closeAllConnections();
});

async function serverThat(does: RequestListener): Promise<string> {
  const own = createServer(does);
  server = own;
  await new Promise<void>((resolve) => own.listen(0, "127.0.0.1", resolve));
  return `http://127.0.0.1:${(own.address() as AddressInfo).port}`;
}

describe.each([
  { what: "is never answered", does: never },
  { what: "is answered in part only", does: begun },
  { what: "is cut off in the middle of the answer", does: cut },
])("what $what", ({ does }) => {
  test("fails a call, which is named", async () => {
    const url = `${await serverThat(does)}/buckets`;

    await expect(ask("token", { method: "POST", url, body: "{}", withinMs: 100 })).rejects.toThrow(
      `POST ${url} had no answer: `,
    );
  });

  test("fails a visit, which is named", async () => {
    const edgeUrl = await serverThat(does);

    await expect(visit(edgeUrl, { host: "shop.example.com", withinMs: 100 })).rejects.toThrow(
      "GET shop.example.com/: ",
    );
  });
});

test.each([never, begun])("a wire answers for an API that doesn't, and names the call", async (does) => {
  const wire = await startWire(`${await serverThat(does)}/client/v4`, 100);
  try {
    const response = await fetch(`${wire.apiBaseUrl}/accounts`);

    expect(response.status).toBe(504);
    expect(await response.text()).toBe("GET /client/v4/accounts had no answer within 0.1 s");
  } finally {
    await wire.stop();
  }
});

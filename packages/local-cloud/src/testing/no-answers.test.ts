import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, describe, expect, test } from "vitest";
import { sendHostileRequests } from "../drills/hostile-requests.ts";
import type { Ready } from "../ready-file.ts";
import { edgeRequest } from "./edge-request.ts";
import { fetchText } from "./fetch-text.ts";

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
  { what: "is never answered", does: never, as: "late" },
  { what: "is answered in part only", does: begun, as: "late" },
  { what: "is cut off in the middle of the answer", does: cut, as: "none" },
])("what $what", ({ does, as }) => {
  test("fails a call, which is named", async () => {
    const url = `${await serverThat(does)}/buckets`;

    await expect(fetchText(url, { method: "PUT" }, 100)).rejects.toThrow(`PUT ${url} had no answer: `);
  });

  test("fails a request to the edge, which is named", async () => {
    const edgeUrl = await serverThat(does);

    await expect(
      edgeRequest({ edgeUrl }, { host: "hello.localhost", path: "/a", withinMs: 100 }),
    ).rejects.toThrow("GET hello.localhost/a: ");
  });

  test("is a defect where a hostile request was whole", async () => {
    const ready = { apiBaseUrl: await serverThat(does), accountId: "a", apiToken: "t" } as Ready;

    const { defects, statuses } = await sendHostileRequests(ready, {
      seed: 1,
      count: 2,
      answersWithinMs: 100,
    });

    expect(statuses).toEqual({ [as]: 2 });
    expect(defects).toHaveLength(2);
  });
});

import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { buffer } from "node:stream/consumers";
import { expect, onTestFinished, test } from "vitest";
import { ROOT, run } from "../support/build.ts";
import { VERSION } from "../support/worker.ts";
import type { AccountsStage } from "./stage.ts";

/** The gate that goes a customer's way through a candidate. */
export function describeGateShop(stage: AccountsStage): void {
  test("the gate of production goes a customer's way, and leaves nothing behind, nor any mail", async () => {
    const mails = stage.worker.mails.length;

    expect(await gate(stage, await edge(stage))).toContain("uploaded a model and saw the dashboard");

    expect(await accounts(stage)).toEqual([]);
    expect(stage.worker.mails.slice(mails)).toEqual([]);
  });

  test("the gate of production stops a candidate that takes no files, says which request failed, and leaves nothing behind", async () => {
    const url = await edge(stage, ({ method }) => method === "PUT");

    await expect(gate(stage, url)).rejects.toThrow(/gate-shop: PUT \/api\/files\/\S+\/parts\/1: HTTP 500/u);
    expect(await accounts(stage)).toEqual([]);
  });

  test("the gate of production is gone through once: at later steps it asks nothing", async () => {
    expect(await gate(stage, "http://127.0.0.1:1", "health@10")).toBe("");
  });
}

/** Runs it as a delivery does. */
function gate({ database, worker }: AccountsStage, connectTo: string, at = "health@0"): Promise<string> {
  const env = {
    DELIVERY_GATE: at,
    DELIVERY_URL: worker.origin,
    DELIVERY_CONNECT_TO: connectTo,
    DELIVERY_VERSION: VERSION.id,
    DELIVERY_WORKER: "fm5-staging",
    DIRECT_DATABASE_URL: database.directUrl,
  };
  return run({ program: "node", args: ["scripts/gate-shop.ts"], cwd: ROOT, env });
}

/** An edge in front of the Worker, where some requests fail. @returns its address */
async function edge(
  { worker }: AccountsStage,
  fails: (request: IncomingMessage) => boolean = () => false,
): Promise<string> {
  const server = createServer(async (request, response) => {
    if (fails(request)) {
      response.writeHead(500, { "x-worker-version": VERSION.id }).end("it failed");
      return;
    }
    const { method = "GET", url = "/" } = request;
    const body = await buffer(request);
    const headers = new Headers(
      Object.entries(request.headers).map(([name, value]) => [name, String(value)]),
    );
    headers.delete("connection");
    const answer = await worker.ask(url, { method, headers, ...(body.byteLength > 0 && { body }) });
    response
      .writeHead(answer.status, [...answer.headers].flat())
      .end(Buffer.from(await answer.arrayBuffer()));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

function accounts({ database }: AccountsStage): Promise<unknown> {
  return database.query(
    "SELECT email FROM users WHERE email LIKE 'probe-%@example.com' AND name = 'A probe'",
  );
}

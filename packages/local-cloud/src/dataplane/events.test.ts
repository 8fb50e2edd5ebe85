import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, test } from "vitest";
import { eventsAt } from "./events.ts";

test("a handler that never returns is given up after the limit", async () => {
  const process = createServer(() => undefined).listen(0, "127.0.0.1");
  await once(process, "listening");
  const events = eventsAt(new URL(`http://127.0.0.1:${(process.address() as AddressInfo).port}`), 30);

  await expect(events.queue({ queue: "jobs", messages: [] })).rejects.toThrow("aborted");

  process.close();
});

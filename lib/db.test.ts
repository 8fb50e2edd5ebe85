import { expect, test } from "vitest";
import { sharedDatabase } from "./db.ts";
import { type RequestContext, withRequestContext } from "./request-context.ts";

const URL = "postgresql://app:pw@127.0.0.1:1/db?sslmode=disable";

test("all requests have the same client, and the first of them stays alive until it is ready", () => {
  const keptAliveFor: Promise<unknown>[] = [];
  // Node.js can't load the WebAssembly of a Worker's client.
  const waitUntil = (work: Promise<unknown>) => void keptAliveFor.push(work.catch(() => undefined));
  const inRequest = () => withRequestContext({ waitUntil } as RequestContext, () => sharedDatabase(URL));

  const first = inRequest();
  const second = inRequest();

  expect(second).toBe(first);
  expect(keptAliveFor).toHaveLength(1);
});

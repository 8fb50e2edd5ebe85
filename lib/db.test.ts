import { expect, test } from "vitest";
import { sharedDatabase } from "./db.ts";

const URL = "postgresql://app:pw@127.0.0.1:1/db?sslmode=disable";

test("all requests have the same client, for whose making the first of them stays alive", async () => {
  const kept: Promise<unknown>[] = [];
  const keep = (work: Promise<unknown>) => void kept.push(work);

  const first = sharedDatabase(URL, keep);
  const second = sharedDatabase(URL, keep);

  expect(second).toBe(first);
  expect(kept).toHaveLength(1);
  // Its WebAssembly is in a form that only Workers load.
  await Promise.allSettled(kept);
});

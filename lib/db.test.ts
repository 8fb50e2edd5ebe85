import { expect, test } from "vitest";
import { borrowDatabase, returnDatabase } from "./db.ts";

const URL = "postgresql://app:pw@127.0.0.1:1/db?sslmode=disable";

test("two requests at once never have the same client", () => {
  expect(borrowDatabase(URL)).not.toBe(borrowDatabase(URL));
});

test("a client that was returned well serves the next request", async () => {
  const client = borrowDatabase(URL);

  await returnDatabase(client, true);

  expect(borrowDatabase(URL)).toBe(client);
});

test("a client whose request failed serves nobody else", async () => {
  const client = borrowDatabase(URL);

  await returnDatabase(client, false);

  expect(borrowDatabase(URL)).not.toBe(client);
});

test("no more than eight clients wait for requests", async () => {
  const clients = Array.from({ length: 9 }, () => borrowDatabase(URL));

  for (const client of clients) await returnDatabase(client, true);
  const again = Array.from({ length: 9 }, () => borrowDatabase(URL));

  expect(again.filter((client) => clients.includes(client))).toHaveLength(8);
});

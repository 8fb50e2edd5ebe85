import { afterAll, beforeAll, expect, test } from "vitest";
import { type DatabaseUnderTest, startDatabase } from "./support/database.ts";
import { startWorker, type WorkerUnderTest } from "./support/worker.ts";
import { type FullShop, openFullShop } from "./walk/full-shop.ts";
import { PAGES, routedPaths } from "./walk/pages.ts";

const MOST_ROUND_TRIPS = 3;

let database: DatabaseUnderTest;
let worker: WorkerUnderTest;
let shop: FullShop;
const asked: string[] = [];

beforeAll(async () => {
  database = await startDatabase({ onRequest: (path) => asked.push(path) });
  worker = await startWorker({ env: "staging", databaseUrl: database.url });
  shop = await openFullShop({ worker, database }, "Quokka");
  await database.query(`UPDATE users SET role = 'admin' WHERE id = '${shop.ids.user}'`);
});

afterAll(async () => {
  await worker?.stop();
  await database?.stop();
});

test("every page is counted", () => {
  const pages = routedPaths().filter((path) => !path.startsWith("/api/"));

  expect(Object.keys(PAGES).toSorted()).toEqual(pages.toSorted());
});

test.each(Object.entries(PAGES))(
  `%s takes ${MOST_ROUND_TRIPS} round trips to the database at most, the session's with them`,
  async (_path, { at, shows }) => {
    asked.length = 0;

    const answer = await shop.owner.ask(at(shop.ids), { headers: { accept: "text/html" } });
    const page = await answer.text();
    const roundTrips = [...asked];

    expect(answer.status).toBeLessThan(400);
    expect(page).toContain(shows === undefined ? "" : `${shop.word}${shows}`);
    expect(roundTrips.filter((path) => path !== "/sql")).toEqual([]);
    expect(roundTrips.length).toBeLessThanOrEqual(MOST_ROUND_TRIPS);
  },
);

import type { TRPCClient } from "@trpc/client";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { ApiRouter } from "../../lib/routers/index.ts";
import { apiFor } from "./support/api.ts";
import { type DatabaseUnderTest, startDatabase } from "./support/database.ts";
import { newVisitor } from "./support/visitor.ts";
import { startWorker, type WorkerUnderTest } from "./support/worker.ts";

type Api = TRPCClient<ApiRouter>;

let database: DatabaseUnderTest;
let worker: WorkerUnderTest;

beforeAll(async () => {
  database = await startDatabase();
  worker = await startWorker({ env: "staging", databaseUrl: database.url });
});

afterAll(async () => {
  await worker?.stop();
  await database?.stop();
});

/** Somebody with a shop of their own. */
async function newShop(): Promise<{ readonly api: Api; readonly ownerId: string }> {
  const visitor = newVisitor(worker);
  await visitor.signUp();
  const { user } = await (await visitor.ask("/api/auth/get-session")).json();
  return { api: apiFor(visitor, worker.origin), ownerId: user.id };
}

const BLACK = {
  brand: "Plastika",
  material: "PLA",
  colorName: "Galaxy Black",
  colorHex: "#1A1A1A",
  lowStockGrams: 300,
  purchaseUrl: "https://shop.example.com/pla",
  notes: "",
};
const SPOOL = { netGrams: 1000, tareGrams: 200, costCents: 2000, label: "Shelf 1" };
const JOB = { title: "Vase", copies: 1, printSeconds: 3600, notes: "" };

async function addBlack(api: Api, grams: readonly number[]): Promise<string> {
  const { id } = await api.filaments.add.mutate(BLACK);
  for (const remainingGrams of grams)
    await api.spools.add.mutate({ ...SPOOL, filamentId: id, count: 1, remainingGrams });
  return id;
}

async function stockOf(api: Api, id: string): Promise<readonly number[]> {
  const { spools } = await api.filaments.get.query({ id });
  return spools.map(({ remainingGrams }) => remainingGrams);
}

test("a filament is kept with its spools, and listed with what there is of it", async () => {
  const { api } = await newShop();

  const { id } = await api.filaments.add.mutate({ ...BLACK, spools: { ...SPOOL, count: 2 } });
  const { items } = await api.filaments.list.query({ material: "PLA", colorFamily: "black" });

  expect(items).toMatchObject([
    {
      id,
      colorHex: "#1a1a1a",
      spools: 2,
      stockGrams: 2000,
      netGrams: 2000,
      reservedGrams: 0,
      worthCents: 4000,
    },
  ]);
});

test("pages of a list go on where the last one ended", async () => {
  const { api } = await newShop();
  for (const brand of ["C", "A", "B"]) await api.filaments.add.mutate({ ...BLACK, brand });

  const first = await api.filaments.list.query({ limit: 2 });
  const second = await api.filaments.list.query({ limit: 2, cursor: first.nextCursor });

  expect([...first.items, ...second.items].map(({ brand }) => brand)).toEqual(["A", "B", "C"]);
  expect(second.nextCursor).toBeNull();
});

test("weighing a spool corrects it and is remembered", async () => {
  const { api } = await newShop();
  const filamentId = await addBlack(api, [1000]);
  const { spools } = await api.filaments.get.query({ id: filamentId });
  const id = spools[0]?.id ?? "";

  await api.spools.weigh.mutate({ id, remainingGrams: 812.5, tareGrams: 190 });
  await api.spools.weigh.mutate({ id, remainingGrams: 812.5 });
  const { items } = await api.filaments.history.query({ id: filamentId });

  expect(await stockOf(api, filamentId)).toEqual([812.5]);
  expect(items).toMatchObject([{ reason: "weighed", grams: 187.5, costCents: 375, spoolLabel: "Shelf 1" }]);
});

test("the queue tells of each job whether there is enough, after those before it", async () => {
  const { api } = await newShop();
  const filamentId = await addBlack(api, [400]);
  await api.jobs.add.mutate({ ...JOB, title: "First", copies: 2, filaments: [{ filamentId, grams: 60 }] });
  await api.jobs.add.mutate({ ...JOB, title: "Second", filaments: [{ filamentId, grams: 312 }] });

  const { jobs, printSeconds } = await api.jobs.queue.query();

  expect(jobs).toMatchObject([
    { title: "First", feasible: true, costCents: 240 },
    {
      title: "Second",
      feasible: false,
      needs: [{ neededGrams: 312, availableGrams: 280, missingGrams: 32 }],
    },
  ]);
  expect(printSeconds).toBe(3 * 3600);
});

test("a completed job takes from the spool that was begun and goes on with the next", async () => {
  const { api } = await newShop();
  const filamentId = await addBlack(api, [1000, 100]);
  const { id } = await api.jobs.add.mutate({ ...JOB, filaments: [{ filamentId, grams: 312.5 }] });

  await api.jobs.start.mutate({ id });
  const finished = await api.jobs.complete.mutate({ id });
  const { items } = await api.jobs.history.query({});

  expect(finished.takes.map(({ grams }) => grams)).toEqual([100, 212.5]);
  expect((await stockOf(api, filamentId)).toSorted((a, b) => a - b)).toEqual([0, 787.5]);
  expect(items).toMatchObject([
    { id, state: "completed", costCents: 625, needs: [{ neededGrams: 312.5, usedGrams: 312.5 }] },
  ]);
});

test("completed in two tabs at once, and once more, it takes its filament once", async () => {
  const { api } = await newShop();
  const filamentId = await addBlack(api, [1000]);
  const { id } = await api.jobs.add.mutate({ ...JOB, filaments: [{ filamentId, grams: 100 }] });

  const both = await Promise.all([api.jobs.complete.mutate({ id }), api.jobs.complete.mutate({ id })]);
  const later = await api.jobs.complete.mutate({ id });

  expect(both.filter(({ already }) => already)).toHaveLength(1);
  expect(later).toMatchObject({ already: true, takes: [{ grams: 100 }] });
  expect(await stockOf(api, filamentId)).toEqual([900]);
});

test("two jobs that end at once never take more than there is", async () => {
  const { api } = await newShop();
  const filamentId = await addBlack(api, [150]);
  const add = () => api.jobs.add.mutate({ ...JOB, filaments: [{ filamentId, grams: 100 }] });
  const [one, other] = [await add(), await add()];

  const ends = await Promise.allSettled([one, other].map(({ id }) => api.jobs.complete.mutate({ id })));

  expect(ends.map(({ status }) => status).toSorted()).toEqual(["fulfilled", "rejected"]);
  const [refused] = ends.flatMap((end) => (end.status === "rejected" ? [end.reason] : []));
  expect(refused).toMatchObject({
    message: "Plastika PLA Galaxy Black: 100 g needed, 50 g left.",
    data: { appCode: "conflict" },
  });
  expect(await stockOf(api, filamentId)).toEqual([50]);
});

test("a person decides what was used when the spools hold less", async () => {
  const { api } = await newShop();
  const filamentId = await addBlack(api, [280]);
  const { id } = await api.jobs.add.mutate({ ...JOB, filaments: [{ filamentId, grams: 312 }] });

  const plan = await api.jobs.finishPlan.query({ id, percentage: 100 });
  await api.jobs.complete.mutate({ id, short: "use_what_is_there" });

  expect(plan.needs).toMatchObject([{ grams: 312, missingGrams: 32, spools: [{ suggestedGrams: 280 }] }]);
  expect(await stockOf(api, filamentId)).toEqual([0]);
});

test("a failed job takes the share that was printed, and can be queued again", async () => {
  const { api } = await newShop();
  const filamentId = await addBlack(api, [1000]);
  const { id } = await api.jobs.add.mutate({ ...JOB, filaments: [{ filamentId, grams: 200 }] });

  await api.jobs.start.mutate({ id });
  await api.jobs.fail.mutate({ id, percentage: 45, failure: "Came off the bed" });
  await api.jobs.again.mutate({ id });
  const { items } = await api.jobs.history.query({});
  const { jobs } = await api.jobs.queue.query();

  expect(items).toMatchObject([{ state: "failed", failure: "Came off the bed", needs: [{ usedGrams: 90 }] }]);
  expect(await stockOf(api, filamentId)).toEqual([910]);
  expect(jobs).toMatchObject([{ title: "Vase", state: "queued", needs: [{ neededGrams: 200 }] }]);
});

test("jobs change places, and a running one can't be cancelled", async () => {
  const { api } = await newShop();
  const filamentId = await addBlack(api, [1000]);
  const ids: string[] = [];
  for (const title of ["a", "b", "c"])
    ids.push((await api.jobs.add.mutate({ ...JOB, title, filaments: [{ filamentId, grams: 1 }] })).id);
  const [a = "", b = "", c = ""] = ids;

  await api.jobs.move.mutate({ id: c, move: { to: "top" } });
  await api.jobs.move.mutate({ id: a, move: { to: "down" } });
  await api.jobs.start.mutate({ id: b });
  await api.jobs.cancel.mutate({ id: a });
  const { jobs } = await api.jobs.queue.query();

  expect(jobs.map(({ title, state }) => [title, state])).toEqual([
    ["b", "printing"],
    ["c", "queued"],
  ]);
  await expect(api.jobs.cancel.mutate({ id: b })).rejects.toMatchObject({ data: { appCode: "conflict" } });
});

test("what is low or lacking is on the shopping list, by whole spools", async () => {
  const { api } = await newShop();
  const filamentId = await addBlack(api, [280]);
  await api.jobs.add.mutate({ ...JOB, filaments: [{ filamentId, grams: 1312 }] });

  const list = await api.shopping.list.query();

  expect(list).toMatchObject({
    items: [
      {
        filament: { id: filamentId },
        reason: "queue",
        grams: 1332,
        spools: 2,
        costCents: 4000,
        purchaseUrl: BLACK.purchaseUrl,
      },
    ],
    costCents: 4000,
  });
});

test("a filament that prints refer to is put away, another is deleted", async () => {
  const { api } = await newShop();
  const printed = await addBlack(api, [1000]);
  const unused = await addBlack(api, [1000]);
  const { id } = await api.jobs.add.mutate({ ...JOB, filaments: [{ filamentId: printed, grams: 5 }] });
  const remove = (filamentId: string) => api.filaments.remove.mutate({ id: filamentId });

  await expect(remove(printed)).rejects.toMatchObject({ data: { appCode: "conflict" } });
  await api.jobs.complete.mutate({ id });

  expect(await remove(printed)).toEqual({ outcome: "archived" });
  expect(await remove(unused)).toEqual({ outcome: "deleted" });
  expect((await api.filaments.list.query({})).items).toEqual([]);
  expect((await api.filaments.list.query({ archived: true })).items).toMatchObject([{ id: printed }]);
});

test("the search finds models, variants and filaments by their words, in any spelling", async () => {
  const { api, ownerId } = await newShop();
  const filamentId = await addBlack(api, []);
  const model = crypto.randomUUID();
  const at = `'${ownerId}', now()`;
  await database.query(
    `INSERT INTO models (id, name, "searchText", "ownerId", "updatedAt")
     VALUES ('${model}', 'Crème Jar', 'creme jar', ${at}), ('${crypto.randomUUID()}', '100% Jar', '100% jar', ${at});
     INSERT INTO variants (id, "modelId", name, "searchText", "ownerId", "updatedAt")
     VALUES ('${crypto.randomUUID()}', '${model}', 'Black 0.2 mm', 'black 0.2 mm creme jar', ${at})`,
  );

  const black = await api.search.find.query({ query: " BLÄCK " });
  const jar = await api.search.find.query({ query: "jar crème" });

  expect(black).toMatchObject({
    models: [],
    variants: [{ name: "Black 0.2 mm", modelId: model, modelName: "Crème Jar" }],
    filaments: [{ id: filamentId }],
  });
  expect(jar).toMatchObject({ models: [{ id: model }], variants: [{ modelId: model }], filaments: [] });
  expect((await api.search.find.query({ query: "%" })).models).toMatchObject([{ name: "100% Jar" }]);
});

test("the dashboard sums up the shelf, the queue and the last thirty days", async () => {
  const { api } = await newShop();
  const filamentId = await addBlack(api, [500]);
  const add = (grams: number) => api.jobs.add.mutate({ ...JOB, filaments: [{ filamentId, grams }] });
  const [done, running] = [await add(250), await add(100)];
  await add(900);
  await api.jobs.complete.mutate({ id: done.id });
  await api.jobs.start.mutate({ id: running.id });

  const summary = await api.dashboard.summary.query();

  expect(summary).toMatchObject({
    lowStock: [{ id: filamentId, stockGrams: 250, lowStockGrams: 300 }],
    lowStockCount: 1,
    stock: { filaments: 1, spools: 1, grams: 250, worthCents: 500 },
    printing: [{ id: running.id, feasible: true }],
    queue: { waiting: 1, infeasible: 1, printSeconds: 3600 },
  });
  expect(summary.consumption).toHaveLength(30);
  expect(summary.consumption.at(-1)).toMatchObject({ printedGrams: 250, failedGrams: 0, costCents: 500 });
});

test("nobody sees or changes what is another's", async () => {
  const [{ api: mine }, { api: other }] = [await newShop(), await newShop()];
  const id = await addBlack(mine, [1000]);
  const job = await mine.jobs.add.mutate({ ...JOB, filaments: [{ filamentId: id, grams: 5 }] });

  const attempts = [
    other.filaments.get.query({ id }),
    other.filaments.change.mutate({ id, ...BLACK }),
    other.filaments.remove.mutate({ id }),
    other.spools.add.mutate({ ...SPOOL, filamentId: id, count: 1 }),
    other.jobs.add.mutate({ ...JOB, filaments: [{ filamentId: id, grams: 5 }] }),
    other.jobs.complete.mutate({ id: job.id }),
    other.jobs.move.mutate({ id: job.id, move: { to: "top" } }),
  ];

  for (const end of await Promise.allSettled(attempts))
    expect(end).toMatchObject({ status: "rejected", reason: { data: { appCode: "not_found" } } });
  expect((await other.filaments.list.query({})).items).toEqual([]);
  expect(await stockOf(mine, id)).toEqual([1000]);
});

test("a shop goes with its owner's account, whatever refers to what in it", async () => {
  const { api, ownerId } = await newShop();
  const filamentId = await addBlack(api, [1000]);
  const { id } = await api.jobs.add.mutate({ ...JOB, filaments: [{ filamentId, grams: 5 }] });
  await api.jobs.complete.mutate({ id });

  await database.query(`DELETE FROM users WHERE id = '${ownerId}'`);
  const left = await database.query(
    `SELECT 1 FROM filaments WHERE "ownerId" = '${ownerId}' UNION ALL SELECT 1 FROM jobs WHERE "ownerId" = '${ownerId}'
     UNION ALL SELECT 1 FROM job_filaments WHERE "ownerId" = '${ownerId}' UNION ALL SELECT 1 FROM uses WHERE "ownerId" = '${ownerId}'`,
  );

  expect(left).toEqual([]);
});

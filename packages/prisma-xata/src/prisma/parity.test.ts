import { PrismaPg } from "@prisma/adapter-pg";
import type { SqlDriverAdapterFactory } from "@prisma/driver-adapter-utils";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { generateClients, schemaSql, type GeneratedClients } from "../testing/clients.ts";
import { DATA_STEPS, runSteps, type Client } from "../testing/data-steps.ts";
import { startGateway, type TestGateway } from "../testing/gateway.ts";
import { startWorker } from "../testing/worker.ts";
import { APPLICATION_NAME } from "../wire/login.ts";
import { PrismaXata } from "./adapter.ts";
import { prismaWithBatches } from "./batches.ts";

type Outcomes = Readonly<Record<string, unknown>>;

/** A database each, all with the same tables. */
const RUNS = ["over-tcp", "in-node", "in-node-batched", "in-workerd", "in-workerd-batched"] as const;
type Run = (typeof RUNS)[number];

let clients: GeneratedClients;
let gateway: TestGateway;
let outcomes: Readonly<Record<Run, Outcomes>>;

beforeAll(async () => {
  [clients, gateway] = await Promise.all([generateClients(), startGateway(RUNS)]);
  const sql = await schemaSql();
  await Promise.all(RUNS.map(async (run) => gateway.direct(sql, run)));
  const { PrismaClient } = await import(clients.forNode);
  const create = (adapter: SqlDriverAdapterFactory) => new PrismaClient({ adapter });
  outcomes = {
    "over-tcp": await runSteps(create(new PrismaPg(gateway.url("over-tcp"))), DATA_STEPS),
    "in-node": await runSteps(create(new PrismaXata({ url: gateway.url("in-node") })), DATA_STEPS),
    "in-node-batched": await runSteps(
      prismaWithBatches<Client>(create, { url: gateway.url("in-node-batched") }),
      DATA_STEPS,
    ),
    ...(await outcomesInWorkerd()),
  };
});

afterAll(async () => {
  await gateway.stop();
  await clients.remove();
});

async function outcomesInWorkerd(): Promise<Record<"in-workerd" | "in-workerd-batched", Outcomes>> {
  const worker = await startWorker(
    clients.folder,
    `import { PrismaClient } from "./workerd/client.ts";
     import { PrismaXata, prismaWithBatches } from ${JSON.stringify(sourceFile("../index.ts"))};
     import { DATA_STEPS, runSteps, type Client } from ${JSON.stringify(sourceFile("../testing/data-steps.ts"))};
     const create = (adapter) => new PrismaClient({ adapter });
     export default {
       async fetch(request) {
         const { url, batched } = await request.json();
         const client = batched ? prismaWithBatches(create, { url }) : create(new PrismaXata({ url }));
         return Response.json(await runSteps(client, DATA_STEPS));
       },
     };`,
  );
  const ask = async (run: Run, batched: boolean): Promise<Outcomes> => {
    const answer: unknown = await worker.ask({ url: gateway.url(run), batched });
    return typeof answer === "object" ? { ...answer } : {};
  };
  try {
    return {
      "in-workerd": await ask("in-workerd", false),
      "in-workerd-batched": await ask("in-workerd-batched", true),
    };
  } finally {
    await worker.stop();
  }
}

function sourceFile(path: string): string {
  return fileURLToPath(new URL(path, import.meta.url));
}

describe.each(RUNS.filter((run) => run !== "over-tcp"))("%s, as with @prisma/adapter-pg over TCP:", (run) => {
  test.each(DATA_STEPS.map(({ name }) => name))("%s", (name) => {
    expect(outcomes[run][name]).toEqual(outcomes["over-tcp"][name]);
  });
});

test("no WebSocket outlives the transactions", async () => {
  const sessions = `SELECT datname FROM pg_stat_activity WHERE application_name = '${APPLICATION_NAME}'`;

  expect(await gateway.direct(sessions, "over-tcp")).toEqual([]);
});

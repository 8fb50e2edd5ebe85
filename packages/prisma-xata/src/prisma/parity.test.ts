import { PrismaPg } from "@prisma/adapter-pg";
import type { SqlDriverAdapterFactory } from "@prisma/driver-adapter-utils";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { generateClients, schemaSql, type GeneratedClients } from "../testing/clients.ts";
import { DATA_STEPS, runSteps } from "../testing/data-steps.ts";
import { startGateway, type TestGateway } from "../testing/gateway.ts";
import { startWorker } from "../testing/worker.ts";
import { PrismaXata } from "./adapter.ts";

type Outcomes = Readonly<Record<string, unknown>>;

let clients: GeneratedClients;
let gateway: TestGateway;
let overTcp: Outcomes;
let inNode: Outcomes;
let inWorkerd: Outcomes;

beforeAll(async () => {
  [clients, gateway] = await Promise.all([
    generateClients(),
    startGateway(["over-tcp", "in-node", "in-workerd"]),
  ]);
  const sql = await schemaSql();
  for (const database of ["over-tcp", "in-node", "in-workerd"]) await gateway.direct(sql, database);
  overTcp = await outcomesOf(new PrismaPg(gateway.url("over-tcp")));
  inNode = await outcomesOf(new PrismaXata({ url: gateway.url("in-node") }));
  inWorkerd = await outcomesInWorkerd();
});

afterAll(async () => {
  await gateway.stop();
  await clients.remove();
});

async function outcomesOf(adapter: SqlDriverAdapterFactory): Promise<Outcomes> {
  const { PrismaClient } = await import(clients.forNode);
  const client = new PrismaClient({ adapter });
  try {
    return await runSteps(client, DATA_STEPS);
  } finally {
    await client.$disconnect();
  }
}

async function outcomesInWorkerd(): Promise<Outcomes> {
  const worker = await startWorker(
    clients.folder,
    `import { PrismaClient } from "./workerd/client.ts";
     import { PrismaXata } from ${JSON.stringify(sourceFile("../index.ts"))};
     import { DATA_STEPS, runSteps } from ${JSON.stringify(sourceFile("../testing/data-steps.ts"))};
     export default {
       async fetch(request) {
         const client = new PrismaClient({ adapter: new PrismaXata(await request.json()) });
         return Response.json(await runSteps(client, DATA_STEPS));
       },
     };`,
  );
  try {
    const outcomes: unknown = await worker.ask({ url: gateway.url("in-workerd") });
    return typeof outcomes === "object" ? { ...outcomes } : {};
  } finally {
    await worker.stop();
  }
}

function sourceFile(path: string): string {
  return fileURLToPath(new URL(path, import.meta.url));
}

describe.each([
  ["in Node.js", () => inNode],
  ["in workerd", () => inWorkerd],
])("%s, as with @prisma/adapter-pg over TCP:", (_, outcomes) => {
  test.each(DATA_STEPS.map(({ name }) => name))("%s", (name) => {
    expect(outcomes()[name]).toEqual(overTcp[name]);
  });
});

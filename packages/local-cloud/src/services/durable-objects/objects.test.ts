import { afterAll, beforeAll, expect, test } from "vitest";
import { startLocalCloud, type LocalCloud } from "../../cloud.ts";
import { api, uploadForm, type ApiAnswer } from "../../testing/api-client.ts";
import { temporaryFolder } from "../../testing/cloud-process.ts";
import { edgeRequest } from "../../testing/edge-request.ts";

const dataDir = temporaryFolder();
let cloud: LocalCloud;

const start = () =>
  startLocalCloud({ dataDir, port: 0, edgePort: 0, databasePort: 0, databases: [], log: () => undefined });

beforeAll(async () => {
  cloud = await start();
});

afterAll(async () => {
  await cloud.stop();
});

const WORKER = "/workers/scripts/counter";
const call = (line: string, body?: FormData | object) => api(cloud.ready, line, body);
const codeOf = ({ errors }: ApiAnswer) => errors[0]?.code;
const visit = async () => (await edgeRequest(cloud.ready, { host: "counter.localhost" })).body;

const source = (version: string, className = "Counter") => `
import { DurableObject } from "cloudflare:workers";
export class ${className} extends DurableObject {
  inMemory = 0;
  async add() {
    const n = ((await this.ctx.storage.get("n")) ?? 0) + 1;
    await this.ctx.storage.put("n", n);
    return "${version} " + n + " " + ++this.inMemory;
  }
}
export default { async fetch(request, { COUNTER }) { return new Response(await COUNTER.getByName("one").add()); } };`;

const binding = (class_name = "Counter") => ({
  bindings: [{ type: "durable_object_namespace", name: "COUNTER", class_name }],
});
const created = { migrations: { new_tag: "v1", steps: [{ new_sqlite_classes: ["Counter"] }] } };

test("a class needs a migration before it can be bound, in a deployed upload that exports it", async () => {
  expect(codeOf(await call(`PUT ${WORKER}`, uploadForm(source("a"), binding())))).toBe(10_061);
  expect(
    codeOf(await call(`PUT ${WORKER}`, uploadForm(source("a", "Other"), { ...binding(), ...created }))),
  ).toBe(10_070);
  const first = await call(`PUT ${WORKER}`, uploadForm(source("a"), { ...binding(), ...created }));
  const again = await call(`PUT ${WORKER}`, uploadForm(source("a"), { ...binding(), ...created }));
  const inVersion = await call(
    `POST ${WORKER}/versions`,
    uploadForm(source("a"), { ...binding(), ...created }),
  );

  expect(first).toMatchObject({ success: true, result: { migration_tag: "v1" } });
  expect([codeOf(again), codeOf(inVersion)]).toEqual([10_079, 10_211]);
  expect((await call("GET /workers/durable_objects/namespaces")).result).toMatchObject([
    { name: "counter_Counter", script: "counter", class: "Counter", use_sqlite: true },
  ]);
});

test("an object keeps what it stored when the next version serves, and is reset in memory", async () => {
  expect([await visit(), await visit()]).toEqual(["a 1 1", "a 2 2"]);
  const { id } = (await call(`POST ${WORKER}/versions`, uploadForm(source("b"), binding()))).result as {
    id: string;
  };
  expect(await visit()).toBe("a 3 3");

  await call(`POST ${WORKER}/deployments`, {
    strategy: "percentage",
    versions: [{ version_id: id, percentage: 100 }],
  });

  expect([await visit(), await visit()]).toEqual(["b 4 1", "b 5 2"]);
});

test("two versions at a time are refused by name, and there is no preview of one that doesn't serve", async () => {
  const { result } = await call(`GET ${WORKER}/versions`);
  const [newest = "", older = ""] = (result as { items: { id: string }[] }).items.map(({ id }) => id);

  const split = await call(`POST ${WORKER}/deployments`, {
    strategy: "percentage",
    versions: [
      { version_id: newest, percentage: 50 },
      { version_id: older, percentage: 50 },
    ],
  });
  const preview = await edgeRequest(cloud.ready, { host: `${older.slice(0, 8)}-counter.localhost` });

  expect(split).toMatchObject({ status: 501, errors: [{ code: 10_501 }] });
  expect(split.errors[0]?.message).toContain("Durable Objects in two versions at a time");
  expect(preview.status).toBe(404);
});

test("a renamed class keeps its objects, also over a restart, and an older version can't come back", async () => {
  const before = (await call(`GET ${WORKER}/deployments`)).result as {
    deployments: { versions: { version_id: string }[] }[];
  };
  const renamed = {
    migrations: {
      old_tag: "v1",
      new_tag: "v2",
      steps: [{ renamed_classes: [{ from: "Counter", to: "Tally" }] }, { new_sqlite_classes: ["Spare"] }],
    },
  };
  const withSpare = `${source("c", "Tally")}\nexport class Spare extends DurableObject {}`;
  await call(`PUT ${WORKER}`, uploadForm(withSpare, { ...binding("Tally"), ...renamed }));
  expect(await visit()).toBe("c 6 1");

  await cloud.stop();
  cloud = await start();
  const back = await call(`POST ${WORKER}/deployments`, {
    strategy: "percentage",
    versions: [{ version_id: before.deployments[0]?.versions[0]?.version_id, percentage: 100 }],
  });

  expect(await visit()).toBe("c 7 1");
  expect(codeOf(back)).toBe(10_023);
});

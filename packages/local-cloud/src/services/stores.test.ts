import { readdirSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { startLocalCloud, type LocalCloud } from "../cloud.ts";
import { api, uploadForm, type ApiAnswer } from "../testing/api-client.ts";
import { temporaryFolder } from "../testing/cloud-process.ts";
import { edgeRequest } from "../testing/edge-request.ts";

let cloud: LocalCloud;
const usualTemporaryFolder = process.env["TMPDIR"];

beforeAll(async () => {
  const ports = { port: 0, edgePort: 0, databasePort: 0, databases: [] };
  cloud = await startLocalCloud({ dataDir: temporaryFolder(), ...ports, log: () => undefined });
});

afterAll(async () => {
  await cloud.stop();
});

const call = (line: string, body?: FormData | Blob | object) => api(cloud.ready, line, body);
const codeOf = ({ errors }: ApiAnswer) => errors[0]?.code;

describe("KV", () => {
  const KV = "/storage/kv/namespaces";
  let id: string;

  const value = async (key: string) => {
    const url = `${cloud.ready.apiBaseUrl}/accounts/${cloud.ready.accountId}${KV}/${id}/values/${key}`;
    const answer = await fetch(url, { headers: { authorization: `Bearer ${cloud.ready.apiToken}` } });
    return answer.text();
  };

  beforeAll(async () => {
    id = ((await call(`POST ${KV}`, { title: "flags" })).result as { id: string }).id;
  });

  test("namespaces are made, listed, renamed and deleted, and each title is had once", async () => {
    const taken = await call(`POST ${KV}`, { title: "flags" });
    const other = (await call(`POST ${KV}`, { title: "other" })).result as { id: string };
    await call(`PUT ${KV}/${other.id}`, { title: "another" });

    const titles = ((await call(`GET ${KV}`)).result as { title: string }[]).map(({ title }) => title);
    await call(`DELETE ${KV}/${other.id}`);

    expect(taken).toMatchObject({ status: 400, errors: [{ code: 10_014 }] });
    expect(titles).toEqual(["another", "flags"]);
    expect(codeOf(await call(`GET ${KV}/${other.id}`))).toBe(10_013);
  });

  test("a value comes back byte for byte under any key, with its metadata", async () => {
    const form = new FormData();
    form.set("value", "with metadata");
    form.set("metadata", JSON.stringify({ by: "hand" }));

    await call(`PUT ${KV}/${id}/values/a%2Fb%20%C3%A9%3F`, new Blob(["päylöad"]));
    await call(`PUT ${KV}/${id}/values/described?expiration_ttl=600`, form);

    expect(await value("a%2Fb%20%C3%A9%3F")).toBe("päylöad");
    expect((await call(`GET ${KV}/${id}/metadata/described`)).result).toEqual({ by: "hand" });
    expect((await call(`GET ${KV}/${id}/keys?prefix=des`)).result).toEqual([
      { name: "described", expiration: expect.any(Number), metadata: { by: "hand" } },
    ]);
  });

  test("many keys are written, read, listed page by page and deleted", async () => {
    const pairs = Array.from({ length: 25 }, (_, n) => ({ key: `many-${n}`, value: String(n) }));
    const written = await call(`PUT ${KV}/${id}/bulk`, [
      ...pairs,
      { key: "many-bytes", value: btoa("bytes"), base64: true },
    ]);

    const first = await call(`GET ${KV}/${id}/keys?prefix=many-&limit=20`);
    const cursor = String(first.result_info?.["cursor"]);
    const second = await call(`GET ${KV}/${id}/keys?prefix=many-&limit=20&cursor=${cursor}`);
    const read = await call(`POST ${KV}/${id}/bulk/get`, { keys: ["many-7", "many-bytes", "none"] });
    await call(
      `POST ${KV}/${id}/bulk/delete`,
      pairs.map(({ key }) => key),
    );
    const left = await call(`GET ${KV}/${id}/keys?prefix=many-`);

    expect(written.result).toEqual({ successful_key_count: 26, unsuccessful_keys: [] });
    expect([(first.result as unknown[]).length, (second.result as unknown[]).length]).toEqual([20, 6]);
    expect(second.result_info?.["cursor"]).toBe("");
    expect(read.result).toEqual({ values: { "many-7": "7", "many-bytes": "bytes", none: null } });
    expect(left.result).toEqual([{ name: "many-bytes" }]);
  });

  test("what KV refuses is refused", async () => {
    expect(codeOf(await call(`GET ${KV}/${id}/values/none`))).toBe(10_009);
    expect(await call(`PUT ${KV}/${id}/values/k?expiration_ttl=5`, new Blob(["v"]))).toMatchObject({
      status: 400,
    });
    expect(await call(`PUT ${KV}/${id}/values/${"k".repeat(513)}`, new Blob(["v"]))).toMatchObject({
      status: 400,
    });
    expect(codeOf(await call(`GET ${KV}/${"0".repeat(32)}/keys`))).toBe(10_013);
  });
});

describe("D1", () => {
  const D1 = "/d1/database";
  let uuid: string;

  beforeAll(async () => {
    uuid = ((await call(`POST ${D1}`, { name: "shop" })).result as { uuid: string }).uuid;
  });

  test("runs statements as one transaction, with parameters and a result for each", async () => {
    await call(`POST ${D1}/${uuid}/query`, {
      sql: "CREATE TABLE spools (id INTEGER PRIMARY KEY, colour TEXT); INSERT INTO spools (colour) VALUES ('red;'), ('blue')",
    });

    const selected = await call(`POST ${D1}/${uuid}/query`, {
      sql: "SELECT colour FROM spools WHERE id = ?",
      params: [1],
    });
    const raw = await call(`POST ${D1}/${uuid}/raw`, { sql: "SELECT id, colour FROM spools" });

    expect(selected.result).toMatchObject([
      { success: true, results: [{ colour: "red;" }], meta: { rows_read: expect.any(Number) } },
    ]);
    expect(raw.result).toMatchObject([
      {
        results: {
          columns: ["id", "colour"],
          rows: [
            [1, "red;"],
            [2, "blue"],
          ],
        },
      },
    ]);
  });

  test("leaves nothing of statements of which one fails, and says what SQLite says", async () => {
    const failed = await call(`POST ${D1}/${uuid}/query`, {
      sql: "INSERT INTO spools (colour) VALUES ('green'); INSERT INTO nowhere VALUES (1)",
    });
    const counted = await call(`POST ${D1}/${uuid}/query`, { sql: "SELECT count(*) AS n FROM spools" });

    expect(failed).toMatchObject({ status: 400, errors: [{ code: 7500 }] });
    expect(failed.errors[0]?.message).toContain("no such table: nowhere");
    expect(counted.result).toMatchObject([{ results: [{ n: 2 }] }]);
  });

  test("databases are found by id and by name, and each name is had once", async () => {
    const byName = await call(`GET ${D1}/shop`);
    const taken = await call(`POST ${D1}`, { name: "shop" });
    const missing = await call(`GET ${D1}/nothing`);

    expect(byName.result).toMatchObject({ uuid, name: "shop", num_tables: 1, file_size: expect.any(Number) });
    expect([codeOf(taken), codeOf(missing)]).toEqual([7502, 7404]);
  });

  test("a deleted database is gone, and another of its name is empty", async () => {
    const first = (await call(`POST ${D1}`, { name: "gone" })).result as { uuid: string };
    await call(`POST ${D1}/${first.uuid}/query`, { sql: "CREATE TABLE t (a)" });

    await call(`DELETE ${D1}/${first.uuid}`);
    await call(`POST ${D1}`, { name: "gone" });

    expect(codeOf(await call(`POST ${D1}/${first.uuid}/query`, { sql: "SELECT 1" }))).toBe(7404);
    expect((await call(`GET ${D1}/gone`)).result).toMatchObject({ num_tables: 0 });
  });
});

describe("queues", () => {
  test("carry what one Worker sends to another's handler, of any type, and the API's messages too", async () => {
    const create = async (name: string) =>
      (await call("POST /queues", { queue_name: name })).result as { queue_id: string };
    const { queue_id: id } = await create("jobs");
    const { id: seen } = (await call("POST /storage/kv/namespaces", { title: "seen" })).result as {
      id: string;
    };
    await call(
      "PUT /workers/scripts/producer",
      uploadForm(
        `export default { async fetch(request, { JOBS }) {
          await JOBS.sendBatch([{ body: { n: 1 } }, { body: "text", contentType: "text" }, { body: new Map([[1, 2]]), contentType: "v8" }]);
          return new Response("sent");
        } };`,
        { bindings: [{ type: "queue", name: "JOBS", queue_name: "jobs" }] },
      ),
    );
    await call(
      "PUT /workers/scripts/consumer",
      uploadForm(
        `export default { async queue({ queue, messages }, { SEEN }) {
          const bodies = messages.map(({ body, attempts }) => [body instanceof Map ? "a map of " + body.get(1) : body, attempts]);
          await SEEN.put("seen", JSON.stringify({ queue, bodies }));
        } };`,
        { bindings: [{ type: "kv_namespace", name: "SEEN", namespace_id: seen }] },
      ),
    );
    await call(`POST /queues/${id}/consumers`, {
      script_name: "consumer",
      settings: { batch_size: 4, max_wait_time_ms: 60_000 },
    });

    await edgeRequest(cloud.ready, { host: "producer.localhost" });
    await call(`POST /queues/${id}/messages`, { body: { by: "API" } });

    const read = async () =>
      (await call(`POST /storage/kv/namespaces/${seen}/bulk/get`, { keys: ["seen"], type: "json" })).result;
    await vi.waitFor(
      async () => expect(await read()).toMatchObject({ values: { seen: { queue: "jobs" } } }),
      { timeout: 10_000, interval: 50 },
    );
    const expected = [
      [{ n: 1 }, 1],
      ["text", 1],
      ["a map of 2", 1],
      [{ by: "API" }, 1],
    ];
    expect(await read()).toEqual({ values: { seen: { queue: "jobs", bodies: expected } } });
    expect((await call(`GET /queues/${id}`)).result).toMatchObject({
      producers: [{ script: "producer" }],
      consumers: [{ script: "consumer", type: "worker" }],
    });
  });

  test("are refused with Cloudflare's codes", async () => {
    const { queue_id: id } = (await call("POST /queues", { queue_name: "once" })).result as {
      queue_id: string;
    };
    await call(`POST /queues/${id}/consumers`, { script_name: "a", dead_letter_queue: "dead" });

    expect(codeOf(await call("POST /queues", { queue_name: "once" }))).toBe(11_009);
    expect(codeOf(await call(`POST /queues/${id}/consumers`, { script_name: "b" }))).toBe(11_004);
    expect(codeOf(await call("GET /queues/none"))).toBe(11_000);
    expect(codeOf(await call(`GET /queues/${id}/consumers/none`))).toBe(11_000);
    expect(await call(`POST /queues/${id}/consumers`, { type: "http_pull" })).toMatchObject({ status: 501 });
    expect(await call(`POST /queues/${id}/messages`, { body: "x".repeat(128_001) })).toMatchObject({
      status: 413,
    });
  });

  test("consumed by a Worker that takes no messages, or deleted while a Worker or another queue needs them, are refused", async () => {
    const idOf = async (name: string) =>
      ((await call("POST /queues", { queue_name: name })).result as { queue_id: string }).queue_id;
    const dead = await idOf("dead");
    const list = (await call("GET /queues")).result as { queue_id: string; queue_name: string }[];
    const jobs = list.find(({ queue_name: name }) => name === "jobs")?.queue_id ?? "";

    const deaf = await call(`POST /queues/${dead}/consumers`, { script_name: "producer" });
    const bound = await call(`DELETE /queues/${jobs}`);
    const awaited = await call(`DELETE /queues/${dead}`);

    expect([deaf, bound, awaited].map(codeOf)).toEqual([11_001, 11_005, 11_005]);
    expect(bound.errors[0]?.message).toContain("Unbind queue 'jobs' from the Workers 'producer'");
    expect(awaited.errors[0]?.message).toContain("serves as dead letter queue");
  });
});

describe("bindings to what is stored", () => {
  const source = (version: string) => `
export default {
  async fetch(request, { FLAGS, DB, FILES }) {
    const visits = Number(await FLAGS.get("visits") ?? 0) + 1;
    await FLAGS.put("visits", String(visits));
    await DB.prepare("INSERT INTO visits (version) VALUES (?)").bind("${version}").run();
    const { results } = await DB.prepare("SELECT version FROM visits ORDER BY rowid").all();
    await FILES.put("last", "${version}");
    return Response.json({ visits, versions: results.map(({ version }) => version) });
  },
};`;
  const WORKER = "/workers/scripts/visits";
  let bindings: readonly object[];

  test("are shared by all versions of a Worker and the API", async () => {
    const { id } = (await call("POST /storage/kv/namespaces", { title: "visits" })).result as { id: string };
    const { uuid } = (await call("POST /d1/database", { name: "visits" })).result as { uuid: string };
    await call("POST /r2/buckets", { name: "visits", locationHint: "eeur" });
    await call(`POST /d1/database/${uuid}/query`, { sql: "CREATE TABLE visits (version TEXT)" });
    bindings = [
      { type: "kv_namespace", name: "FLAGS", namespace_id: id },
      { type: "d1", name: "DB", id: uuid },
      { type: "r2_bucket", name: "FILES", bucket_name: "visits" },
    ];
    const visit = async () => (await edgeRequest(cloud.ready, { host: "visits.localhost" })).body;

    await call(`PUT ${WORKER}`, uploadForm(source("first"), { bindings }));
    const first = await visit();
    await call(`PUT ${WORKER}`, uploadForm(source("second"), { bindings }));
    const second = await visit();
    const counted = await call(`POST /d1/database/${uuid}/query`, {
      sql: "SELECT count(*) AS n FROM visits",
    });

    expect(JSON.parse(first)).toEqual({ visits: 1, versions: ["first"] });
    expect(JSON.parse(second)).toEqual({ visits: 2, versions: ["first", "second"] });
    expect(counted.result).toMatchObject([{ results: [{ n: 2 }] }]);
    expect((await call("GET /r2/buckets/visits/objects")).result).toMatchObject([{ key: "last", size: 6 }]);
  });

  test("are refused with Cloudflare's codes when what they name isn't there", async () => {
    const upload = async (binding: object) =>
      codeOf(await call(`POST ${WORKER}/versions`, uploadForm(source("third"), { bindings: [binding] })));

    expect(await upload({ type: "kv_namespace", name: "A", namespace_id: "0".repeat(32) })).toBe(10_041);
    expect(await upload({ type: "r2_bucket", name: "A", bucket_name: "missing" })).toBe(10_085);
    expect(await upload({ type: "d1", name: "A", id: "missing" })).toBe(10_181);
    expect(await upload({ type: "queue", name: "A", queue_name: "missing" })).toBe(11_000);
  });

  test("are refused by name where the local cloud has no such thing", async () => {
    const kinds = [
      "ai",
      "vectorize",
      "hyperdrive",
      "browser",
      "mtls_certificate",
      "dispatch_namespace",
      "secrets_store_secret",
    ];

    const answers = await Promise.all(
      kinds.map((type) =>
        call(`POST ${WORKER}/versions`, uploadForm(source("third"), { bindings: [{ type, name: "X" }] })),
      ),
    );

    expect(answers.map(({ status, errors }) => [status, errors[0]])).toEqual(
      kinds.map((type) => [
        501,
        { code: 10_501, message: `The local cloud does not support bindings of type ${type} (X).` },
      ]),
    );
  });
});

test("temporary files lie among what the next start clears", () => {
  const names = readdirSync(join(cloud.ready.dataDir, "run", "tmp"));

  expect(names.filter((name) => name.startsWith("miniflare-"))).not.toEqual([]);
  expect(process.env["TMPDIR"]).toBe(usualTemporaryFolder);
});

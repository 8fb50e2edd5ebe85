import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { sampled } from "../drills/sample.ts";
import type { LocalCloud } from "../cloud.ts";
import { api } from "../testing/api-client.ts";
import { edgeRequest } from "../testing/edge-request.ts";
import { startTestCloud } from "../testing/in-process-cloud.ts";
import { normalised } from "../testing/normalised.ts";
import { wranglerOn, type Wrangler, type WranglerRun } from "../testing/wrangler.ts";

// Unmodified wrangler on each kind of store, then on a Worker that has them all. Each command is run once.

vi.setConfig({ maxConcurrency: 2, testTimeout: 120_000 });

let cloud: LocalCloud;
let wrangler: Wrangler;

beforeAll(async () => {
  cloud = await startTestCloud();
  wrangler = wranglerOn(cloud.ready, "stores");
});

afterAll(async () => {
  vi.resetConfig();
  await cloud.stop();
});

const ok = (line: string): Promise<WranglerRun> => wrangler.runOrFail(line.split(" "));
const json = async (line: string): Promise<unknown> => normalised(await wrangler.json(line.split(" ")));
const file = (name: string, content: unknown) =>
  wrangler.write(name, typeof content === "string" ? content : JSON.stringify(content));

/** A command that is refused; all that it says. */
async function refused(line: string): Promise<string> {
  const { exitCode, stdout, stderr } = await wrangler.run(line.split(" "));
  expect({ line, exitCode }).toEqual({ line, exitCode: 1 });
  return `${stdout}${stderr}`;
}

describe.concurrent("wrangler alone", () => {
  test("makes a bucket, fills it, is refused to delete it, and deletes it once it is empty", async () => {
    await ok("r2 bucket create shelf --location eeur");
    await ok(`r2 object put shelf/a/b.txt --file ${file("b.txt", "12345")} --remote`);

    const [notEmpty, info, list] = await Promise.all([
      refused("r2 bucket delete shelf"),
      json("r2 bucket info shelf --json"),
      ok("r2 bucket list"),
    ]);
    await ok("r2 object delete shelf/a/b.txt --remote");
    await ok("r2 bucket delete shelf");

    expect(notEmpty).toContain("[code: 10008]");
    expect(info).toEqual({
      name: "shelf",
      created: "<time>",
      location: "EEUR",
      default_storage_class: "Standard",
      object_count: "1",
      bucket_size: "5 B",
    });
    expect(list.stdout).toMatch(/^name: +shelf\ncreation_date: +\d{4}-/mu);
  });

  const long: readonly (readonly [string, () => Promise<void>])[] = [
    [
      "makes a namespace, writes, lists, reads and deletes keys, one by one and in bulk",
      async () => {
        await ok("kv namespace create flags");
        const [namespace] = (await wrangler.json(["kv", "namespace", "list"])) as readonly { id: string }[];
        const at = `--namespace-id ${namespace?.id} --remote`;
        const pairs = [
          { key: "shape", value: "round" },
          { key: "size", value: "5" },
        ];
        await Promise.all([
          ok(`kv key put colour red --metadata {"by":"hand"} ${at}`),
          ok(`kv bulk put ${file("pairs.json", pairs)} ${at}`),
        ]);

        const [listed, value, values] = await Promise.all([
          json(`kv key list ${at}`),
          ok(`kv key get shape --text ${at}`),
          json(`kv bulk get ${file("keys.json", ["colour", "size", "none"])} ${at}`),
        ]);
        await Promise.all([
          ok(`kv key delete colour ${at}`),
          ok(`kv bulk delete ${file("keys.json", ["shape", "size"])} --force ${at}`),
        ]);
        const left = await api(cloud.ready, `GET /storage/kv/namespaces/${namespace?.id}/keys`);
        await ok(`kv namespace delete --namespace-id ${namespace?.id} --skip-confirmation`);

        expect(normalised(namespace)).toEqual({ id: "<hex>", title: "flags", supports_url_encoding: true });
        expect(listed).toEqual([
          { name: "colour", metadata: { by: "hand" } },
          { name: "shape" },
          { name: "size" },
        ]);
        expect(value.stdout.trim()).toBe("round");
        expect(values).toEqual({ colour: "red", size: "5", none: null });
        expect(left.result).toEqual([]);
      },
    ],
    [
      "makes a database, runs a file and a command on it, and deletes it",
      async () => {
        await ok("d1 create notes");
        const sql = "CREATE TABLE notes (text TEXT);\nINSERT INTO notes VALUES ('one; 1'), ('two');";
        await ok(`d1 execute notes --remote --yes --file ${file("notes.sql", sql)}`);

        const [list, rows] = await Promise.all([
          json("d1 list --json"),
          wrangler.json(["d1", "execute", "notes", "--remote", "--json", "--command", "SELECT * FROM notes"]),
        ]);
        await ok("d1 delete notes --skip-confirmation");

        expect(list).toEqual([
          {
            uuid: "<id 1>",
            name: "notes",
            created_at: "<time>",
            version: "production",
            jurisdiction: null,
            running_in_region: "WEUR",
          },
        ]);
        expect(normalised(rows)).toEqual([
          {
            success: true,
            results: [{ text: "one; 1" }, { text: "two" }],
            meta: {
              served_by: "miniflare.db",
              duration: "<ms>",
              rows_read: 2,
              rows_written: 0,
              changes: 0,
              changed_db: false,
              last_row_id: 2,
              size_after: 12_288,
            },
          },
        ]);
        expect((await api(cloud.ready, "GET /d1/database")).result).toEqual([]);
      },
    ],
  ];

  test.each(sampled(long, 1))("%s", async (_name, told) => {
    await expect(told()).resolves.toBeUndefined();
  });
});

describe("wrangler with a Worker", () => {
  test("deploys it with every kind of store, making what isn't there yet", async () => {
    await Promise.all([ok("queues create stores-jobs"), ok("queues create mail")]);

    const { stdout } = await ok("deploy");
    await ok("d1 migrations apply stores-visits --remote");
    const { result } = await api(cloud.ready, "GET /workers/scripts/stores/settings");

    expect(stdout).toContain("Consumer for stores-jobs");
    expect(normalised(result)).toMatchSnapshot();
  });

  test("and the Worker's requests, queue and cron trigger use them", async () => {
    const visit = await edgeRequest(cloud.ready, { host: "stores.localhost", path: "/one" });
    expect(JSON.parse(visit.body)).toEqual({ visits: 1, here: 1, greeting: null });

    const objects = async () => (await api(cloud.ready, "GET /r2/buckets/stores-files/objects")).result;
    await vi.waitFor(async () => expect(await objects()).toMatchObject([{ key: "visited/one" }]), {
      timeout: 15_000,
      interval: 100,
    });
    expect((await ok("r2 object get stores-files/visited/one --remote --pipe")).stdout).toBe("yes");
    expect((await api(cloud.ready, "POST /__cron/stores")).result).toMatchObject({
      cron: "*/5 * * * *",
      outcome: "ok",
    });
  });

  test("gives a second queue to it and takes it away, and is refused to delete a consumer", async () => {
    const [, consumed] = await Promise.all([
      ok("queues consumer add mail stores --batch-size 5 --message-retries 2"),
      refused("delete stores"),
    ]);
    const { stdout: list } = await ok("queues list");
    const { result } = await api(cloud.ready, "GET /queues");
    await ok("queues consumer remove mail stores");
    await ok("queues delete mail");

    expect(consumed).toContain(
      "as it is a consumer for a Queue. Remove it from the Queue's consumers first, then retry. [code: 10064]",
    );
    expect(list).toMatch(/│ stores-jobs │ [^│]+ │ [^│]+ │ 1 +│ 1 +│/u);
    expect(normalised(result)).toMatchSnapshot();
    expect((await api(cloud.ready, "GET /queues")).result).toMatchObject([{ queue_name: "stores-jobs" }]);
  });

  test("a Worker that is deleted all the same consumes no more", async () => {
    await api(cloud.ready, "DELETE /workers/services/stores?force=true");

    expect((await api(cloud.ready, "GET /queues")).result).toMatchObject([{ consumers: [] }]);
  });

  test("asks for nothing that the local cloud hasn't", () => {
    expect(cloud.observations.unknownRoutes).toEqual([]);
  });
});

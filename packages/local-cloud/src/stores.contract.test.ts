import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { api } from "./testing/api-client.ts";
import { startCloudProcess, type CloudProcess } from "./testing/cloud-process.ts";
import { edgeRequest } from "./testing/edge-request.ts";
import { wranglerOn, type Wrangler, type WranglerRun } from "./testing/wrangler.ts";

let cloud: CloudProcess;
let wrangler: Wrangler;

beforeAll(async () => {
  cloud = await startCloudProcess();
  wrangler = wranglerOn(cloud.ready, "stores");
});

afterAll(async () => {
  await cloud.end("SIGTERM");
});

function ok(line: string, input?: string): Promise<WranglerRun> {
  return wrangler.runOrFail(line.split(" "), input);
}

function file(name: string, text: string): string {
  writeFileSync(join(wrangler.folder, name), text);
  return name;
}

const visit = (path: string) => edgeRequest(cloud.ready, { host: "stores.localhost", path });

describe("unmodified wrangler", { timeout: 120_000 }, () => {
  test("makes a bucket, fills it, is refused to delete it, and deletes it once it is empty", async () => {
    await ok("r2 bucket create shelf --location eeur");
    await ok(`r2 object put shelf/a/b.txt --file ${file("b.txt", "12345")} --remote`);

    const refused = await wrangler.run(["r2", "bucket", "delete", "shelf"]);
    const info = JSON.parse((await ok("r2 bucket info shelf --json")).stdout) as object;
    await ok("r2 object delete shelf/a/b.txt --remote");
    await ok("r2 bucket delete shelf");

    expect(refused.exitCode).toBe(1);
    expect(`${refused.stdout}${refused.stderr}`).toContain("[code: 10008]");
    expect(info).toMatchObject({ name: "shelf", location: "EEUR", object_count: "1", bucket_size: "5 B" });
  });

  test("makes a namespace, writes, lists, reads and deletes keys", async () => {
    await ok("kv namespace create flags");
    const [{ id = "" } = {}] = JSON.parse((await ok("kv namespace list")).stdout) as { id?: string }[];
    const at = `--namespace-id ${id} --remote`;
    await ok(`kv key put colour red --metadata {"by":"hand"} ${at}`);
    const pairs = [
      { key: "shape", value: "round" },
      { key: "size", value: "5" },
    ];
    await ok(`kv bulk put ${file("pairs.json", JSON.stringify(pairs))} ${at}`);

    const listed = JSON.parse((await ok(`kv key list ${at}`)).stdout) as unknown;
    const { stdout } = await ok(`kv key get shape --text ${at}`);
    await ok(`kv namespace delete --namespace-id ${id} --skip-confirmation`);

    expect(listed).toEqual([
      { name: "colour", metadata: { by: "hand" } },
      { name: "shape" },
      { name: "size" },
    ]);
    expect(stdout.trim()).toBe("round");
  });

  test("deploys a Worker with every kind of store, making what isn't there yet", async () => {
    await ok("queues create stores-jobs");

    const { stdout } = await ok("deploy");
    await ok("d1 migrations apply stores-visits --remote");
    const { result } = await api(cloud.ready, "GET /workers/scripts/stores/settings");

    expect(stdout).toContain("Consumer for stores-jobs");
    expect(
      (result as { bindings: { name: string; type: string }[] }).bindings.map(({ name, type }) => [
        name,
        type,
      ]),
    ).toEqual(
      expect.arrayContaining([
        ["FLAGS", "kv_namespace"],
        ["DB", "d1"],
        ["FILES", "r2_bucket"],
        ["JOBS", "queue"],
      ]),
    );
  });

  test("and the Worker's requests, queue and cron trigger use them", async () => {
    expect(JSON.parse((await visit("/one")).body)).toEqual({ visits: 1, greeting: null });

    const objects = async () => (await api(cloud.ready, "GET /r2/buckets/stores-files/objects")).result;
    await vi.waitFor(async () => expect(await objects()).toMatchObject([{ key: "visited/one" }]), {
      timeout: 15_000,
      interval: 100,
    });
    expect((await api(cloud.ready, "POST /__cron/stores")).result).toMatchObject({
      cron: "*/5 * * * *",
      outcome: "ok",
    });
  });

  test("runs SQL on the database that the Worker writes", async () => {
    const sql = file(
      "more.sql",
      "INSERT INTO visits VALUES ('/two; too', 'now');\nINSERT INTO visits VALUES ('/three', 'now');",
    );

    await ok(`d1 execute stores-visits --remote --yes --file ${sql}`);
    const { stdout } = await wrangler.run([
      "d1",
      "execute",
      "stores-visits",
      "--remote",
      "--json",
      "--command",
      "SELECT path FROM visits ORDER BY rowid",
    ]);

    expect(JSON.parse(stdout)).toMatchObject([
      { success: true, results: [{ path: "/one" }, { path: "/two; too" }, { path: "/three" }] },
    ]);
  });

  test("asks for nothing that the local cloud hasn't", () => {
    expect(cloud.log()).not.toContain("NO SUCH ROUTE");
  });
});

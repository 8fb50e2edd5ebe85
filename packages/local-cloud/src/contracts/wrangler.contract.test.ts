import { readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import Cloudflare from "cloudflare";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { api } from "../testing/api-client.ts";
import { startCloudProcess, type CloudProcess } from "../testing/cloud-process.ts";
import { edgeRequest, type EdgeAnswer } from "../testing/edge-request.ts";
import { normalised } from "../testing/normalised.ts";
import { wranglerOn, type Wrangler, type WranglerRun } from "../testing/wrangler.ts";

// Unmodified wrangler on a Worker's whole life. Each command costs a second of CPU: each is run once, with what there is to show
// about it, and those that don't depend on one another at the same time. What wrangler is refused: refusals.contract.test.ts.

vi.setConfig({ testTimeout: 120_000 });

let cloud: CloudProcess;
let wrangler: Wrangler;
const ids = new Map<string, string>();

beforeAll(async () => {
  cloud = await startCloudProcess();
  wrangler = wranglerOn(cloud.ready);
});

afterAll(async () => {
  vi.resetConfig();
  await cloud.end("SIGTERM");
});

const ok = (line: string, input?: string): Promise<WranglerRun> => wrangler.runOrFail(line.split(" "), input);

const json = (line: string): Promise<unknown> => wrangler.json(line.split(" "));

/** Ids are numbered in the order of the document, so what ran at the same time is compared as one. */
const whole = (value: unknown): unknown => normalised(value, ids);

/** What a command wrote for other programs: the record of an upload or a deployment. */
function recordOf({ records }: WranglerRun, label: string): Readonly<Record<string, unknown>> {
  const record = records.find(({ type }) => type === "version-upload" || type === "deploy") ?? {};
  ids.set(String(record["version_id"]), label);
  return record;
}

function idOf(label: string): string {
  return [...ids].find(([, name]) => name === label)?.[0] ?? "";
}

const hello = (path = "/", headers: Readonly<Record<string, string>> = {}) =>
  edgeRequest(cloud.ready, { host: "hello.localhost", path, headers });

function versionOf({ headers }: EdgeAnswer): string | undefined {
  return ids.get(String(headers["x-worker-version"]));
}

// One story, told in order: each test goes on where the one before it ended.

test("whoami, types and a check of the start need no Worker; a first deploy makes all that the configuration names", async () => {
  wrangler.edit(
    "wrangler.toml",
    (text) =>
      `routes = [{ pattern = "hello.example.com", custom_domain = true }]\nworkers_dev = true\n${text}\n[vars]\nGREETING = "hi"\n\n[triggers]\ncrons = ["*/5 * * * *"]\n`,
  );
  const [identity, deployed] = await Promise.all([
    json("whoami --json"),
    ok("deploy --tag one --message first"),
    ok("types --include-runtime=false"),
    ok("check startup"),
  ]);

  expect(whole({ identity, record: recordOf(deployed, "<first>") })).toMatchSnapshot();
  expect(readFileSync(join(wrangler.folder, "worker-configuration.d.ts"), "utf8")).toContain("GREETING");
});

test("its Worker answers, on a custom domain too, with its assets beside it; its cron trigger is set", async () => {
  const [own, domain, asset] = await Promise.all([
    hello(),
    edgeRequest(cloud.ready, { host: "hello.example.com" }),
    hello("/hello.txt"),
  ]);

  expect(own).toMatchObject({ status: 200, body: "Hello from the edge\n" });
  expect([own, domain].map(versionOf)).toEqual(["<first>", "<first>"]);
  expect(asset).toMatchObject({ status: 200, body: "hello asset\n" });
  expect((await api(cloud.ready, "GET /workers/scripts/hello/schedules")).result).toMatchObject({
    schedules: [{ cron: "*/5 * * * *" }],
  });
});

test("a version is uploaded that answers on its own address and its alias's, and serves nobody else", async () => {
  wrangler.edit("src/index.ts", (text) => text.replace("Hello from the edge", "Hello again"));

  const record = recordOf(
    await ok("versions upload --tag two --message second --preview-alias next"),
    "<second>",
  );

  const hosts = ["preview_url", "preview_alias_url"].map((name) => new URL(String(record[name])).host);
  const previews = await Promise.all(hosts.map((host) => edgeRequest(cloud.ready, { host })));
  expect(whole({ ...record, preview_url: undefined })).toMatchSnapshot();
  expect(hosts[0]).toContain(idOf("<second>").slice(0, 8));
  expect(previews.map(({ body }) => body)).toEqual(["Hello again\n", "Hello again\n"]);
  expect(versionOf(await hello())).toBe("<first>");
});

test("secrets of versions pile up without being deployed", async () => {
  wrangler.write("secrets.json", JSON.stringify({ TWO: "2", THREE: "3" }));
  await ok("versions secret put ONE --tag with-one", "1");
  await ok("versions secret bulk secrets.json");
  await ok("versions secret delete THREE", "y");

  expect(versionOf(await hello())).toBe("<first>");
});

test("an id and a tag split the traffic, where an override and a key each get one version", async () => {
  await ok(`versions deploy ${idOf("<first>")}@50% --version-tag with-one@50% --yes`);

  const drawn = await Promise.all(Array.from({ length: 40 }, () => hello()));
  const pinned = await hello("/", {
    "Cloudflare-Workers-Version-Overrides": `hello="${idOf("<first>")}"`,
  });
  const keyed = await Promise.all(
    Array.from({ length: 5 }, () => hello("/", { "Cloudflare-Workers-Version-Key": "visitor" })),
  );

  expect(new Set(drawn.map(({ body }) => body))).toEqual(new Set(["Hello from the edge\n", "Hello again\n"]));
  expect(versionOf(pinned)).toBe("<first>");
  expect(new Set(keyed.map(({ body }) => body)).size).toBe(1);
});

test("the split, its versions and their secrets are shown whole", async () => {
  const [status, view, secrets] = await Promise.all([
    json("deployments status --json"),
    json(`versions view ${idOf("<second>")} --json`),
    ok("versions secret list"),
  ]);

  expect(whole({ status, view })).toMatchSnapshot();
  expect(secrets.stdout).toMatch(/\(50%\) secrets --\nSecret Name: ONE\n/u);
  expect(secrets.stdout).toMatch(/\(50%\) secrets --\n\n/u);
});

test("a later deploy takes all traffic, and keeps the secrets", async () => {
  const record = recordOf(await ok("deploy --message later"), "<later>");

  expect(whole(record)).toMatchSnapshot();
  expect(versionOf(await hello())).toBe("<later>");
});

test("a secret is put, set in bulk, deleted and listed on what serves, each a new version at once", async () => {
  wrangler.write("secrets.json", JSON.stringify({ TWO: null, FOUR: "4" }));
  await ok("secret put KEY", "a value with = and a space");
  await ok("secret bulk secrets.json");
  await ok("secret delete ONE", "y");

  expect(await json("secret list")).toEqual([
    { name: "KEY", type: "secret_text" },
    { name: "FOUR", type: "secret_text" },
  ]);
});

test("a rollback that would bring old secrets back is refused, and in CI wrangler then forces it by itself", async () => {
  const { stdout } = await ok(`rollback --message back --yes`);

  expect(stdout).toContain("ONE");
  const [versions, deployments] = await Promise.all([
    json("versions list --json"),
    json("deployments list --json"),
  ]);
  expect(whole({ versions, deployments })).toMatchSnapshot();
});

test("a script that doesn't start is refused with the runtime's own words, while a tail shows what the Worker does", async () => {
  const broken = wranglerOn(cloud.ready);
  broken.edit("src/index.ts", (text) => `throw new Error("not today");\n${text}`);
  const upload = broken.run(["versions", "upload"]);
  const tail = wrangler.start(["tail", "hello", "--format", "json"]);
  const deadlineMs = performance.now() + 20_000;
  while (!tail.output().includes("/tailed") && performance.now() < deadlineMs) {
    await hello("/tailed");
    await sleep(100);
  }
  tail.stop();
  const { exitCode, stderr } = await upload;

  expect(tail.output()).toContain("/tailed");
  expect(tail.output()).toContain('"outcome": "ok"');
  expect(exitCode).toBe(1);
  expect(stderr).toContain("not today");
  expect(stderr).toContain("10021");
});

test("the official SDK reads what wrangler made, page by page, and routes traffic", async () => {
  const { accountId: account_id, apiToken, apiBaseUrl: baseURL } = cloud.ready;
  const { r2, workers } = new Cloudflare({ apiToken, baseURL });
  const numbers: unknown[] = [];
  for await (const { number } of workers.scripts.versions.list("hello", { account_id, per_page: 2 }))
    numbers.push(number);
  const { buckets = [] } = await r2.buckets.list({ account_id });

  await workers.scripts.deployments.create("hello", {
    account_id,
    force: true,
    strategy: "percentage",
    versions: [{ version_id: idOf("<first>"), percentage: 100 }],
  });

  expect(numbers).toEqual([9, 8, 7, 6, 5, 4, 3, 2, 1]);
  expect(buckets.map(({ name }) => name)).toEqual(["hello-files"]);
  expect(versionOf(await hello())).toBe("<first>");
});

test("a deleted Worker answers nobody any more", async () => {
  await ok("delete --force");

  expect((await hello()).status).toBe(404);
  expect((await api(cloud.ready, "GET /workers/scripts/hello/versions")).status).toBe(404);
});

test("nothing was asked for that the local cloud hasn't", () => {
  expect(cloud.log()).not.toContain("NO SUCH ROUTE");
});

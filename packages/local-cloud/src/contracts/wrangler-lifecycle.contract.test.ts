import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { api } from "../testing/api-client.ts";
import { startCloudProcess, type CloudProcess } from "../testing/cloud-process.ts";
import { edgeRequest } from "../testing/edge-request.ts";
import { normalised } from "../testing/normalised.ts";
import { wranglerOn, type Wrangler, type WranglerRun } from "../testing/wrangler.ts";

// Several commands of wrangler each, on a machine that may be busy.
vi.setConfig({ testTimeout: 120_000 });

let cloud: CloudProcess;
let wrangler: Wrangler;
const ids = new Map<string, string>();

beforeAll(async () => {
  cloud = await startCloudProcess();
  wrangler = wranglerOn(cloud.ready);
});

afterAll(async () => {
  await cloud.end("SIGTERM");
});

function ok(args: readonly string[], input?: string): Promise<WranglerRun> {
  return wrangler.runOrFail(args, input);
}

async function json(args: readonly string[]): Promise<unknown> {
  return normalised(JSON.parse((await ok(args)).stdout), ids);
}

function edit(change: (text: string) => string): void {
  const file = join(wrangler.folder, "wrangler.toml");
  writeFileSync(file, change(readFileSync(file, "utf8")));
}

function uploadedIn({ records }: WranglerRun): Readonly<Record<string, unknown>> | undefined {
  return records.find(({ type }) => type === "version-upload" || type === "deploy");
}

// One story, told in order: each test goes on where the one before it ended.

test("a first deploy with vars, a bucket, assets and crons shows up whole", async () => {
  edit((text) => `${text}\n[vars]\nGREETING = "hi"\n\n[triggers]\ncrons = ["*/5 * * * *"]\n`);
  const deployed = uploadedIn(await ok(["deploy", "--tag", "one", "--message", "the first"]));
  ids.set(String(deployed?.["version_id"]), "<first>");

  expect({
    status: await json(["deployments", "status", "--json"]),
    versions: await json(["versions", "list", "--json"]),
    view: await json(["versions", "view", String(deployed?.["version_id"]), "--json"]),
  }).toMatchSnapshot();
});

test("a version with a tag and an alias answers on its alias's address, and serves nobody else", async () => {
  const uploaded = uploadedIn(
    await ok(["versions", "upload", "--tag", "two", "--message", "the second", "--preview-alias", "next"]),
  );
  ids.set(String(uploaded?.["version_id"]), "<second>");
  const alias = new URL(String(uploaded?.["preview_alias_url"]));

  const [preview, all] = await Promise.all([
    edgeRequest(cloud.ready, { host: alias.host }),
    edgeRequest(cloud.ready, { host: "hello.localhost" }),
  ]);

  expect([preview, all].map(({ headers }) => ids.get(String(headers["x-worker-version"])))).toEqual([
    "<second>",
    "<first>",
  ]);
});

test("secrets of versions pile up without being deployed", async () => {
  await ok(["versions", "secret", "put", "ONE", "--tag", "with-one"], "1");
  writeFileSync(join(wrangler.folder, "secrets.json"), JSON.stringify({ TWO: "2", THREE: "3" }));
  await ok(["versions", "secret", "bulk", "secrets.json"]);
  await ok(["versions", "secret", "delete", "THREE"], "y");

  const all = (await json(["versions", "list", "--json"])) as { annotations: unknown }[];

  expect(all.map(({ annotations }) => annotations)).toMatchSnapshot();
  expect((await edgeRequest(cloud.ready, { host: "hello.localhost" })).headers["x-worker-version"]).toBe(
    idOf("<first>"),
  );
});

test("a tag deploys the version that has it, split with another by percentage; each one's secrets are listed", async () => {
  await ok(["versions", "deploy", `${idOf("<first>")}@70%`, "--version-tag", "with-one@30%", "--yes"]);

  const { stdout } = await ok(["versions", "secret", "list"]);

  expect(stdout).toMatch(/\(30%\) secrets --\nSecret Name: ONE\n/u);
  expect(stdout).toMatch(/\(70%\) secrets --\n\n/u);
});

test("secrets are deleted and set in bulk on what serves", async () => {
  await ok(["deploy"]);
  writeFileSync(join(wrangler.folder, "secrets.json"), JSON.stringify({ TWO: null, FOUR: "4" }));
  await ok(["secret", "bulk", "secrets.json"]);
  await ok(["secret", "delete", "ONE"], "y");

  expect(await json(["secret", "list"])).toEqual([{ name: "FOUR", type: "secret_text" }]);
});

test("a rollback goes to the version before, and a message stays with it", async () => {
  await ok(["rollback", "--message", "took it back", "--yes"]);

  const list = (await json(["deployments", "list", "--json"])) as { annotations: unknown }[];

  expect(list.at(-1)?.annotations).toEqual({
    "workers/message": "took it back",
    "workers/triggered_by": "deployment",
  });
});

test("types, and a check of the start, go by the configuration alone", async () => {
  await ok(["types", "--include-runtime=false"]);
  await ok(["check", "startup"]);

  expect(readFileSync(join(wrangler.folder, "worker-configuration.d.ts"), "utf8")).toContain("GREETING");
});

test("a deleted Worker answers nobody any more", async () => {
  await ok(["delete", "--force"]);

  expect((await edgeRequest(cloud.ready, { host: "hello.localhost" })).status).toBe(404);
  expect((await api(cloud.ready, "GET /workers/scripts/hello/versions")).status).toBe(404);
});

test("nothing was asked for that the local cloud hasn't", () => {
  expect(cloud.log()).not.toContain("NO SUCH ROUTE");
});

function idOf(label: string): string {
  return [...ids].find(([, name]) => name === label)?.[0] ?? "";
}

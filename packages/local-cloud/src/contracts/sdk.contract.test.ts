import Cloudflare from "cloudflare";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startApiWithoutRuntime, type ApiWithoutRuntime } from "../testing/api-without-runtime.ts";

// The official SDK on the API alone: what a Worker then does is shown through wrangler.

let plane: ApiWithoutRuntime;
let client: Cloudflare;
let account_id: string;

beforeAll(async () => {
  plane = await startApiWithoutRuntime();
  client = new Cloudflare({ apiToken: plane.ready.apiToken, baseURL: plane.ready.apiBaseUrl, maxRetries: 0 });
  account_id = plane.ready.accountId;
});

afterAll(async () => {
  await plane.stop();
});

const module = (text = "export default {};") =>
  new File([text], "index.mjs", { type: "application/javascript+module" });

async function all<T>(pages: AsyncIterable<T>): Promise<readonly T[]> {
  const items: T[] = [];
  for await (const item of pages) items.push(item);
  return items;
}

test("knows its account, user and token", async () => {
  expect(await client.user.tokens.verify()).toMatchObject({ status: "active" });
  expect((await all(client.accounts.list())).map(({ id }) => id)).toEqual([account_id]);
});

test("uploads scripts and versions, deploys, and reads them back", async () => {
  const { scripts } = client.workers;
  const metadata = {
    main_module: "index.mjs",
    bindings: [
      { type: "plain_text" as const, name: "A", text: "1" },
      { type: "secret_text" as const, name: "B", text: "2" },
    ],
  };
  await scripts.update("sdk", { account_id, metadata, files: [module()] });
  const second = await scripts.versions.create("sdk", {
    account_id,
    metadata: {
      main_module: "index.mjs",
      keep_bindings: ["secret_text"],
      annotations: { "workers/tag": "t2" },
    },
    files: [module("export default { fetch() {} };")],
  });
  const versions = await all(scripts.versions.list("sdk", { account_id, per_page: 1 }));

  const deployment = await scripts.deployments.create("sdk", {
    account_id,
    strategy: "percentage",
    versions: [
      { version_id: versions[0]?.id ?? "", percentage: 20 },
      { version_id: versions[1]?.id ?? "", percentage: 80 },
    ],
  });

  expect(versions.map(({ number }) => number)).toEqual([2, 1]);
  expect(await scripts.versions.get(second.id ?? "", { account_id, script_name: "sdk" })).toMatchObject({
    number: 2,
    resources: { bindings: [{ type: "secret_text", name: "B" }] },
  });
  expect(await scripts.deployments.get(deployment.id, { account_id, script_name: "sdk" })).toMatchObject({
    versions: [{ percentage: 20 }, { percentage: 80 }],
  });
  expect((await all(scripts.list({ account_id }))).map(({ id }) => id)).toEqual(["sdk"]);
  expect(await (await scripts.content.get("sdk", { account_id })).text()).toContain("fetch()");
});

test("sets, lists and deletes secrets", async () => {
  const { scripts } = client.workers;
  await scripts.update("secretive", {
    account_id,
    metadata: { main_module: "index.mjs" },
    files: [module()],
  });
  await scripts.secrets.update("secretive", { account_id, name: "KEY", text: "1", type: "secret_text" });

  expect(await all(scripts.secrets.list("secretive", { account_id }))).toEqual([
    { name: "KEY", type: "secret_text" },
  ]);
  expect(await scripts.secrets.get("KEY", { account_id, script_name: "secretive" })).toEqual({
    name: "KEY",
    type: "secret_text",
  });
  await scripts.secrets.delete("KEY", { account_id, script_name: "secretive" });
  expect(await all(scripts.secrets.list("secretive", { account_id }))).toEqual([]);
});

test("changes settings, the subdomain, domains and routes", async () => {
  const { scripts, domains } = client.workers;
  await scripts.update("set", { account_id, metadata: { main_module: "index.mjs" }, files: [module()] });
  const settings = await scripts.scriptAndVersionSettings.edit("set", {
    account_id,
    settings: { compatibility_date: "2026-02-02", tags: ["a"] },
  });
  await scripts.settings.edit("set", { account_id, logpush: true });
  await scripts.subdomain.create("set", { account_id, enabled: true });
  const domain = await domains.update({ account_id, hostname: "set.example.com", service: "set" });
  const [zone] = await all(client.zones.list({ name: "example.com" }));
  const zone_id = zone?.id ?? "";
  const route = await client.workers.routes.create({ zone_id, pattern: "www.example.com/*", script: "set" });

  expect(settings).toMatchObject({ compatibility_date: "2026-02-02", tags: ["a"] });
  expect(await scripts.settings.get("set", { account_id })).toMatchObject({ logpush: true, tags: ["a"] });
  expect(await scripts.subdomain.get("set", { account_id })).toEqual({
    enabled: true,
    previews_enabled: true,
  });
  expect((await all(domains.list({ account_id }))).map(({ hostname }) => hostname)).toEqual([
    "set.example.com",
  ]);
  expect((await all(client.workers.routes.list({ zone_id }))).map(({ pattern }) => pattern)).toEqual([
    "www.example.com/*",
  ]);
  await domains.delete(domain.id, { account_id });
  await client.workers.routes.delete(route.id, { zone_id });
  expect(await all(domains.list({ account_id }))).toEqual([]);
});

test("makes a Worker first and its versions then, as the beta API has it", async () => {
  const { workers } = client.workers.beta;
  const worker = await workers.create({ account_id, name: "beta", tags: ["new"] });
  await expect(workers.create({ account_id, name: "beta" })).rejects.toMatchObject({
    status: 409,
    errors: [{ code: 10_040 }],
  });
  const version = await workers.versions.create(worker.id, {
    account_id,
    main_module: "index.mjs",
    modules: [
      {
        name: "index.mjs",
        content_type: "application/javascript+module",
        content_base64: Buffer.from("export default {};").toString("base64"),
      },
    ],
  });

  expect(await workers.get("beta", { account_id })).toMatchObject({
    id: worker.id,
    name: "beta",
    tags: ["new"],
  });
  expect((await all(workers.versions.list(worker.id, { account_id }))).map(({ id }) => id)).toEqual([
    version.id,
  ]);
  expect(await workers.edit(worker.id, { account_id, name: "beta", logpush: true } as never)).toMatchObject({
    logpush: true,
  });
  await workers.delete(worker.id, { account_id });
  await expect(workers.get("beta", { account_id })).rejects.toMatchObject({ status: 404 });
});

test("sets cron triggers, and opens and ends a tail", async () => {
  const { scripts } = client.workers;
  await scripts.update("timed", { account_id, metadata: { main_module: "index.mjs" }, files: [module()] });
  await scripts.schedules.update("timed", { account_id, body: [{ cron: "*/5 * * * *" }] });
  const tail = await scripts.tail.create("timed", { account_id });

  expect((await scripts.schedules.get("timed", { account_id })).schedules).toMatchObject([
    { cron: "*/5 * * * *" },
  ]);
  expect(tail).toMatchObject({ url: expect.stringMatching(/^ws:/u), expires_at: expect.any(String) });
  await scripts.tail.delete(tail.id, { account_id, script_name: "timed" });
  await expect(scripts.tail.delete(tail.id, { account_id, script_name: "timed" })).rejects.toMatchObject({
    status: 404,
  });
});

test("uploads assets, of which it sends once what a Worker has already", async () => {
  const { scripts } = client.workers;
  const [hash, content] = ["a".repeat(32), Buffer.from("hello\n").toString("base64")];
  const manifest = { "/hello.txt": { hash, size: 6 } };
  const session = await scripts.assets.upload.create("assets", { account_id, manifest });
  const sender = client.withOptions({ apiToken: session.jwt ?? "" });
  const uploaded = await sender.workers.assets.upload.create({
    account_id,
    base64: true,
    body: { [hash]: content },
  });
  await scripts.update("assets", {
    account_id,
    metadata: { main_module: "index.mjs", assets: { jwt: uploaded?.jwt ?? "" } },
    files: [module()],
  });

  const again = await scripts.assets.upload.create("assets", { account_id, manifest });

  expect(session.buckets).toEqual([[hash]]);
  expect(again).toMatchObject({ jwt: expect.any(String), buckets: [] });
});

test("deletes a deployment that doesn't serve, and no other", async () => {
  const { scripts } = client.workers;
  const put = () =>
    scripts.update("deployed", { account_id, metadata: { main_module: "index.mjs" }, files: [module()] });
  await put();
  await put();
  // This version of the SDK looks for pages of `items`, which neither this API nor the real one has: it passes the answer on.
  const ids = async () => {
    const { result } = await scripts.deployments.list("deployed", { account_id });
    return (result as { readonly deployments?: readonly { id: string }[] }).deployments?.map(({ id }) => id);
  };
  const [serving, before] = (await ids()) ?? [];
  const remove = (id = "") => scripts.deployments.delete(id, { account_id, script_name: "deployed" });

  await remove(before);

  await expect(remove(serving)).rejects.toMatchObject({ status: 400 });
  await expect(remove(before)).rejects.toMatchObject({ status: 404, errors: [{ code: 10_336 }] });
  expect(await ids()).toEqual([serving]);
});

test("asks for nothing that the local cloud hasn't", () => {
  expect(plane.log.filter((line) => !line.startsWith("api: "))).toEqual([]);
});

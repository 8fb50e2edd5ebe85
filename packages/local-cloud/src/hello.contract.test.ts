import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import Cloudflare from "cloudflare";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { api } from "./testing/api-client.ts";
import { startCloudProcess, type CloudProcess } from "./testing/cloud-process.ts";
import { edgeRequest } from "./testing/edge-request.ts";
import { wranglerOn, type Wrangler, type WranglerRun } from "./testing/wrangler.ts";

let cloud: CloudProcess;
let wrangler: Wrangler;

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

function edit(path: string, change: (text: string) => string): void {
  const file = join(wrangler.folder, path);
  writeFileSync(file, change(readFileSync(file, "utf8")));
}

const hello = (path = "/", headers: Readonly<Record<string, string>> = {}) =>
  edgeRequest(cloud.ready, { host: "hello.localhost", path, headers });

async function versionIds(): Promise<readonly string[]> {
  const { result } = await api(cloud.ready, "GET /workers/scripts/hello/versions?per_page=100");
  const { items } = result as { items: { id: string; number: number }[] };
  return items.toSorted((a, b) => a.number - b.number).map(({ id }) => id);
}

// One story, told in order: each test goes on where the one before it ended.
describe("unmodified wrangler on the local cloud", () => {
  test("sees who it is", async () => {
    const { stdout } = await ok(["whoami"]);

    expect(stdout).toContain(cloud.ready.accountId);
  });

  test("deploys a new Worker, making the bucket that it binds, and the Worker answers", async () => {
    const { records } = await ok(["deploy"]);
    const answer = await hello();

    expect(answer).toMatchObject({ status: 200, body: "Hello from the edge\n" });
    expect(records.find(({ type }) => type === "deploy")).toMatchObject({
      worker_name: "hello",
      version_id: answer.headers["x-worker-version"],
    });
  });

  test("has its assets served beside the Worker", async () => {
    expect(await hello("/hello.txt")).toMatchObject({ status: 200, body: "hello asset\n" });
  });

  test("has a bucket that the Worker writes and wrangler reads", async () => {
    await edgeRequest(cloud.ready, {
      host: "hello.localhost",
      path: "/files/a/b.txt",
      method: "PUT",
      body: "from the Worker",
    });

    const { stdout } = await ok(["r2", "object", "get", "hello-files/a/b.txt", "--remote", "--pipe"]);

    expect(stdout).toBe("from the Worker");
    expect((await ok(["r2", "bucket", "list"])).stdout).toContain("hello-files");
  });

  test("uploads a version that no request is routed to, and that its preview address answers with", async () => {
    edit("src/index.ts", (text) => text.replace("Hello from the edge", "Hello again"));

    const { records } = await ok(["versions", "upload", "--tag", "second", "--message", "the second one"]);

    const record = records.find(({ type }) => type === "version-upload");
    const preview = new URL(String(record?.["preview_url"]));
    expect((await hello()).body).toBe("Hello from the edge\n");
    expect((await edgeRequest(cloud.ready, { host: preview.host })).body).toBe("Hello again\n");
  });

  test("splits traffic, where an override and a key each get one version", async () => {
    const [first = "", second = ""] = await versionIds();
    await ok(["versions", "deploy", `${first}@50%`, `${second}@50%`, "--yes"]);

    const drawn = await Promise.all(Array.from({ length: 40 }, () => hello()));
    const pinned = await hello("/", { "Cloudflare-Workers-Version-Overrides": `hello="${second}"` });
    const keyed = await Promise.all(
      Array.from({ length: 5 }, () => hello("/", { "Cloudflare-Workers-Version-Key": "visitor" })),
    );

    expect(new Set(drawn.map(({ body }) => body))).toEqual(
      new Set(["Hello from the edge\n", "Hello again\n"]),
    );
    expect(pinned.headers["x-worker-version"]).toBe(second);
    expect(new Set(keyed.map(({ body }) => body)).size).toBe(1);
  });

  test("puts everything on one version, and lists what was deployed", async () => {
    const [, second = ""] = await versionIds();
    await ok(["versions", "deploy", `${second}@100%`, "--yes", "--message", "all of it"]);

    const status = JSON.parse((await ok(["deployments", "status", "--json"])).stdout) as {
      versions: unknown;
      annotations: unknown;
    };
    const list = JSON.parse((await ok(["deployments", "list", "--json"])).stdout) as unknown[];

    expect(status).toMatchObject({
      versions: [{ version_id: second, percentage: 100 }],
      annotations: { "workers/message": "all of it" },
    });
    expect(list).toHaveLength(3);
  });

  test("sets a secret as a new version at once", async () => {
    await ok(["secret", "put", "KEY"], "a value with = and a space");

    expect(JSON.parse((await ok(["secret", "list"])).stdout)).toEqual([{ name: "KEY", type: "secret_text" }]);
    expect(await versionIds()).toHaveLength(3);
  });

  test("refuses a rollback that would bring old secrets back, and in CI wrangler then forces it by itself", async () => {
    const [, second = ""] = await versionIds();

    const { stdout } = await ok(["rollback", second, "--message", "back", "--yes"]);

    expect(stdout).toContain("KEY");
    expect((await hello()).headers["x-worker-version"]).toBe(second);
  });

  test("refuses a script that doesn't start, with the runtime's own words", async () => {
    edit("src/index.ts", (text) => `throw new Error("not today");\n${text}`);

    const { exitCode, stderr } = await wrangler.run(["versions", "upload"]);
    edit("src/index.ts", (text) => text.replace(/^throw.*\n/u, ""));

    expect(exitCode).toBe(1);
    expect(stderr).toContain("not today");
    expect(stderr).toContain("10021");
  });

  test("refuses an upload that lacks a required secret, by name", async () => {
    edit("wrangler.toml", (text) => `${text}\n[secrets]\nrequired = ["NEEDED"]\n`);

    const missing = await wrangler.run(["versions", "upload"]);
    writeFileSync(join(wrangler.folder, "secrets.json"), JSON.stringify({ NEEDED: "now it is there" }));
    const given = await wrangler.run(["versions", "upload", "--secrets-file", "secrets.json"]);

    expect(missing.exitCode).toBe(1);
    expect(missing.stderr).toContain("NEEDED");
    expect(given.exitCode).toBe(0);
  });

  test("answers on a custom domain once its triggers are applied", async () => {
    edit(
      "wrangler.toml",
      (text) => `routes = [{ pattern = "hello.example.com", custom_domain = true }]\n${text}`,
    );
    expect((await edgeRequest(cloud.ready, { host: "hello.example.com" })).status).toBe(404);

    await ok(["triggers", "deploy"]);

    expect((await edgeRequest(cloud.ready, { host: "hello.example.com" })).status).toBe(200);
  });

  test("tails what the Worker does", async () => {
    const tail = wrangler.start(["tail", "hello", "--format", "json"]);
    const deadlineMs = performance.now() + 20_000;
    while (!tail.output().includes("/tailed") && performance.now() < deadlineMs) {
      await hello("/tailed");
      await sleep(100);
    }
    tail.stop();

    expect(tail.output()).toContain("/tailed");
    expect(tail.output()).toContain('"outcome": "ok"');
  });

  test("is refused with another account or token", async () => {
    const wrong = await wranglerOn({ ...cloud.ready, apiToken: "wrong-token" }).run([
      "deployments",
      "list",
      "--name",
      "hello",
    ]);
    const other = await wranglerOn({ ...cloud.ready, accountId: "0".repeat(32) }).run([
      "deployments",
      "list",
      "--name",
      "hello",
    ]);

    expect([wrong.exitCode, other.exitCode]).toEqual([1, 1]);
    expect(`${wrong.stdout}${wrong.stderr}`).toContain("Authentication error");
  });

  test("asks for nothing that the local cloud hasn't", () => {
    expect(cloud.log()).not.toContain("NO SUCH ROUTE");
  });
});

describe("the official SDK on the same cloud", () => {
  const client = () => new Cloudflare({ apiToken: cloud.ready.apiToken, baseURL: cloud.ready.apiBaseUrl });

  test("reads what wrangler made, page by page", async () => {
    const account_id = cloud.ready.accountId;
    const ids: (string | undefined)[] = [];

    for await (const version of client().workers.scripts.versions.list("hello", { account_id, per_page: 2 }))
      ids.push(version.id);
    const buckets = await client().r2.buckets.list({ account_id });

    expect(new Set(ids)).toEqual(new Set(await versionIds()));
    expect(buckets.buckets?.map(({ name }) => name)).toContain("hello-files");
  });

  test("routes traffic", async () => {
    const account_id = cloud.ready.accountId;
    const [first = ""] = await versionIds();

    await client().workers.scripts.deployments.create("hello", {
      account_id,
      force: true,
      strategy: "percentage",
      versions: [{ version_id: first, percentage: 100 }],
    });

    expect((await hello()).headers["x-worker-version"]).toBe(first);
  });
});

import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { text } from "node:stream/consumers";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import type { LoggedRequest } from "../request-log.ts";
import { api, uploadForm } from "../testing/api-client.ts";
import { startCloudProcess, type CloudProcess } from "../testing/cloud-process.ts";
import { edgeRequest } from "../testing/edge-request.ts";
import { wranglerOn, type Wrangler } from "../testing/wrangler.ts";
import type { FaultInput } from "./fault.ts";
import { longTest } from "../testing/long-test.ts";

const WORKER = `export default {
  async fetch(request, env) {
    const { pathname } = new URL(request.url);
    if (pathname !== "/mail") return new Response("version two");
    const answer = await fetch("https://api.resend.com/emails", {
      method: "POST",
      headers: { authorization: "Bearer re_local", "content-type": "application/json" },
      body: JSON.stringify({ from: "a@example.com", to: "b@example.com", subject: "Hi", text: "Hi" }),
    }).catch((error) => new Response("rejected: " + error.message));
    return new Response(answer.status + " " + (await answer.text()), { headers: { "retry-after": answer.headers.get("retry-after") ?? "" } });
  },
};`;

let cloud: CloudProcess;
let wrangler: Wrangler;

beforeAll(async () => {
  cloud = await startCloudProcess({ args: ["--database", "app", "--resend-rate-limit", "0"] });
  wrangler = wranglerOn(cloud.ready);
  await api(cloud.ready, "PUT /workers/scripts/hello", uploadForm(WORKER));
  await api(cloud.ready, "POST /workers/scripts/hello/subdomain", { enabled: true });
});

afterEach(() => api(cloud.ready, "DELETE /__faults"));

afterAll(() => cloud.end("SIGTERM"));

async function add(fault: FaultInput): Promise<void> {
  expect((await api(cloud.ready, "POST /__faults", fault)).status).toBe(201);
}

const hello = (path: string) => edgeRequest(cloud.ready, { host: "hello.localhost", path });

async function versionCount(): Promise<number> {
  const { result } = await api(cloud.ready, "GET /workers/scripts/hello/versions");
  return (result as { items: unknown[] }).items.length;
}

async function inboxCount(): Promise<number> {
  const answer = await fetch(`${cloud.ready.inboxUrl}.json`);
  return ((await answer.json()) as unknown[]).length;
}

const VERSIONS = "/accounts/*/workers/scripts/hello/versions";
const DEPLOYMENTS = "/accounts/*/workers/scripts/hello/deployments";

describe("unmodified wrangler", () => {
  longTest("uploads again when the answer was lost, and so makes two versions", async () => {
    const before = await versionCount();
    await add({ service: "workers", method: "POST", path: VERSIONS, effect: "reset", when: "after", nth: 1 });

    const { exitCode } = await wrangler.run(["versions", "upload"]);

    expect(exitCode).toBe(0);
    expect(await versionCount()).toBe(before + 2);
  });

  longTest(
    "does not repeat a deployment that was refused: the version is there and serves nobody",
    async () => {
      const before = await versionCount();
      await add({ service: "api", method: "POST", path: DEPLOYMENTS, effect: "error", status: 503, nth: 1 });

      const { exitCode, stderr } = await wrangler.run(["deploy"]);

      expect(exitCode).toBe(1);
      expect(stderr).toContain("10013");
      expect(await versionCount()).toBe(before + 1);
      expect((await hello("/")).body).toBe("version two");
      const faults = await api(cloud.ready, "GET /__faults");
      expect(faults.result).toMatchObject([{ matched: 1, applied: 1 }]);
    },
  );
});

describe("a stale read", () => {
  test("of the API knows no version that is younger than the fault, with 100146", async () => {
    await add({ service: "workers", method: "GET", effect: "stale" });
    const path = "/workers/scripts/hello/versions";
    const { result } = await api(cloud.ready, `POST ${path}`, uploadForm(WORKER));
    const { id } = result as { id: string };

    const stale = await api(cloud.ready, `GET ${path}/${id}`);
    await api(cloud.ready, "DELETE /__faults");
    const fresh = await api(cloud.ready, `GET ${path}/${id}`);

    expect(stale).toMatchObject({ status: 404, errors: [{ code: 100_146 }] });
    expect(fresh).toMatchObject({ status: 200, result: { id } });
  });

  test("of the edge goes on with the deployment before", async () => {
    await add({ service: "edge", effect: "stale", times: 1 });
    const path = "/workers/scripts/hello/versions";
    const changed = WORKER.replace("version two", "version three");
    const { result } = await api(cloud.ready, `POST ${path}`, uploadForm(changed));
    const versions = [{ version_id: (result as { id: string }).id, percentage: 100 }];
    await api(cloud.ready, "POST /workers/scripts/hello/deployments", {
      strategy: "percentage",
      versions,
    });

    expect((await hello("/")).body).toBe("version two");
    expect((await hello("/")).body).toBe("version three");
  });
});

describe("the other servers", () => {
  test("fail at the edge as the edge does, for one host", async () => {
    await add({ service: "edge", host: "hello.*", effect: "error", status: 522, times: 1 });

    expect(await hello("/")).toMatchObject({ status: 522, body: "error code: 522" });
    expect((await hello("/")).status).toBe(200);
  });

  test("fail between a Worker and Resend: refused, sent twice, and lost after it was sent", async () => {
    const before = await inboxCount();
    await add({ service: "resend", effect: "error", status: 429, retryAfterSeconds: 3, times: 1 });
    await add({ service: "resend", effect: "duplicate", nth: 2 });
    await add({ service: "resend", effect: "reset", when: "after", nth: 3 });

    const answers = [await hello("/mail"), await hello("/mail"), await hello("/mail")];

    expect(answers[0]?.headers["retry-after"]).toBe("3");
    expect(answers[0]?.body).toContain("rate_limit_exceeded");
    expect(answers[1]?.body).toMatch(/^200 /u);
    expect(answers[2]?.body).toContain("rejected: ");
    expect(await inboxCount()).toBe(before + 3);
  });

  test("fail at the database: over HTTP with its own error, and for PostgreSQL's protocol by a cut", async () => {
    const url = cloud.ready.databases["app"]?.url ?? "";
    const query = () =>
      fetch(new URL("/sql", url.replace("postgresql:", "http:").replace(/\/\/.*@/u, "//")), {
        method: "POST",
        headers: { "Neon-Connection-String": url },
        body: JSON.stringify({ query: "SELECT 1 AS one" }),
      });
    await add({ service: "xata", method: "POST", effect: "error", status: 500, code: "XX000", times: 1 });
    await add({ service: "xata", method: "CONNECT", effect: "reset" });

    const failed = await query();
    const passed = await query();
    const { Client } = await import("pg");
    const client = new Client({ connectionString: url });
    client.on("error", () => "the promise below says it");

    expect([failed.status, await failed.json()]).toEqual([500, { message: "internal error", code: "XX000" }]);
    expect(passed.status).toBe(200);
    await expect(client.connect()).rejects.toThrow(/ECONNRESET|terminated/u);
  });
});

describe("the commands", () => {
  const run = async (...args: readonly string[]) => {
    const bin = new URL("../../bin/local-cloud.js", import.meta.url).pathname;
    const child = spawn(process.execPath, [bin, ...args, "--data", cloud.ready.dataDir]);
    const closed = once(child, "close");
    const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr)]);
    await closed;
    return { status: child.exitCode, stdout, stderr };
  };

  test("add, list and clear faults, and say what is wrong with one", async () => {
    const added = await run("fault", "add", "error", "--service", "r2", "--status", "503", "--nth", "2");
    const listed = await run("fault", "list");
    const cleared = await run("fault", "clear", added.stdout.trim());
    const wrong = await run("fault", "add", "error", "--service", "r2");

    expect(added.status).toBe(0);
    expect(listed.stdout).toContain(`${added.stdout.trim()}  r2 error`);
    expect(cleared.stdout).toBe("1 ended\n");
    expect([wrong.status, wrong.stderr]).toEqual([2, expect.stringContaining("status")]);
  });

  test("show the requests of every server, and no secret", async () => {
    await edgeRequest(cloud.ready, { host: "hello.localhost", path: "/?token=hush-hush&page=2" });

    const log = await api(cloud.ready, "GET /__log?limit=1000");
    const requests = log.result as readonly LoggedRequest[];
    const printed = await run("log", "--service", "edge", "--limit", "1");

    expect(new Set(requests.map(({ service }) => service))).toEqual(
      new Set(["api", "edge", "xata", "outbound"]),
    );
    expect(requests.some(({ fault }) => fault?.startsWith("duplicate "))).toBe(true);
    expect(printed.stdout).toMatch(/edge: GET hello\.localhost\/\?token=…&page=2 → 200/u);
    const file = readFileSync(join(cloud.ready.dataDir, "log", "requests.ndjson"), "utf8");
    for (const secret of [cloud.ready.apiToken, "hush-hush", "re_local"]) expect(file).not.toContain(secret);
  });
});

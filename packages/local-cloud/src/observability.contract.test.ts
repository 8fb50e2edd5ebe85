import { writeFileSync } from "node:fs";
import { join } from "node:path";
import Cloudflare from "cloudflare";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { startCloudProcess, type CloudProcess } from "./testing/cloud-process.ts";
import { edgeRequest } from "./testing/edge-request.ts";
import { wranglerOn, type Wrangler } from "./testing/wrangler.ts";
import { longTest } from "./testing/long-test.ts";

const WORKER = `
export default {
  async fetch(request, env) {
    const { pathname } = new URL(request.url);
    if (pathname === "/throw") throw new TypeError("thrown on purpose");
    console.log("asked for", pathname);
    await env.FILES.put("a/b.txt", "12345");
    env.POINTS.writeDataPoint({ indexes: ["by-path"], blobs: [pathname], doubles: [1.5] });
    return new Response("ok");
  },
};
`;
const CONFIG = `
name = "watched"
main = "src/index.js"
compatibility_date = "2026-10-01"
[[r2_buckets]]
binding = "FILES"
bucket_name = "watched-files"
[[analytics_engine_datasets]]
binding = "POINTS"
dataset = "watched_points"
[observability]
enabled = true
`;

let cloud: CloudProcess;
let wrangler: Wrangler;

beforeAll(async () => {
  cloud = await startCloudProcess();
  wrangler = wranglerOn(cloud.ready);
  writeFileSync(join(wrangler.folder, "wrangler.toml"), CONFIG);
  writeFileSync(join(wrangler.folder, "src/index.js"), WORKER);
  const { exitCode, stderr } = await wrangler.run(["deploy"]);
  if (exitCode !== 0) throw new Error(stderr);
  for (const path of ["/one", "/two", "/throw"])
    await edgeRequest(cloud.ready, { host: "watched.localhost", path });
});

afterAll(async () => {
  await cloud.end("SIGTERM");
});

async function api(path: string, body: unknown): Promise<unknown> {
  const response = await fetch(`${cloud.ready.apiBaseUrl}${path}`, {
    method: "POST",
    headers: { authorization: `Bearer ${cloud.ready.apiToken}`, "content-type": "application/json" },
    body: JSON.stringify(body),
  });
  return response.json();
}

test("GraphQL tells what the edge answered, by status", async () => {
  const query = `query ($a: String!) { viewer { accounts(filter: { accountTag: $a }) {
    workersInvocationsAdaptive(limit: 10, filter: { scriptName: "watched" }, orderBy: [status_ASC]) {
      dimensions { status } sum { requests errors } } } } }`;

  const answer = await api("/graphql", { query, variables: { a: cloud.ready.accountId } });

  const row = (status: string, requests: number, errors: number) => ({
    dimensions: { status },
    sum: { requests, errors },
  });
  expect(answer).toEqual({
    data: {
      viewer: {
        accounts: [{ workersInvocationsAdaptive: [row("scriptThrewException", 1, 1), row("success", 2, 0)] }],
      },
    },
    errors: null,
  });
});

test("GraphQL tells which operations on buckets came through the API", async () => {
  const query = `query ($a: String!) { viewer { accounts(filter: { accountTag: $a }) {
    r2OperationsAdaptiveGroups(limit: 10, filter: { bucketName: "watched-files", actionType_in: ["HeadBucket", "GetObject"] }, orderBy: [actionType_ASC]) {
      dimensions { actionType actionStatus } } } } }`;
  const bucket = `/accounts/${cloud.ready.accountId}/r2/buckets/watched-files`;
  const headers = { authorization: `Bearer ${cloud.ready.apiToken}` };
  await fetch(`${cloud.ready.apiBaseUrl}${bucket}/objects/missing`, { headers });

  const answer = await api("/graphql", { query, variables: { a: cloud.ready.accountId } });

  const row = (actionType: string, actionStatus: string) => ({ dimensions: { actionType, actionStatus } });
  expect(answer).toMatchObject({
    data: {
      viewer: {
        accounts: [
          { r2OperationsAdaptiveGroups: expect.arrayContaining([row("GetObject", "userError")]) as unknown },
        ],
      },
    },
  });
});

test("a person finds Workers and requests on the API's port", async () => {
  const page = async (path: string) => (await fetch(new URL(path, cloud.ready.apiBaseUrl))).text();

  expect(await page("/")).toContain("http://watched.localhost:");
  expect(await page("/requests")).toContain("/throw");
});

longTest("wrangler r2 bucket info shows how much a bucket holds", async () => {
  const { stdout, exitCode } = await wrangler.run(["r2", "bucket", "info", "watched-files"]);

  expect(exitCode).toBe(0);
  expect(stdout).toMatch(/object_count:\s+1\b/u);
  expect(stdout).toMatch(/bucket_size:\s+5 B/u);
});

test("the SQL API of Analytics Engine finds what a Worker wrote", async () => {
  const sql =
    "SELECT blob1, SUM(_sample_interval * double1) AS total FROM watched_points WHERE blob1 = '/two' GROUP BY blob1";

  await vi.waitFor(
    async () => {
      const response = await fetch(
        `${cloud.ready.apiBaseUrl}/accounts/${cloud.ready.accountId}/analytics_engine/sql`,
        { method: "POST", headers: { authorization: `Bearer ${cloud.ready.apiToken}` }, body: sql },
      );
      expect(await response.json()).toMatchObject({ data: [{ blob1: "/two", total: 1.5 }], rows: 1 });
    },
    { timeout: 5000, interval: 100 },
  );
});

longTest("wrangler tail shows just what its filters let pass", async () => {
  const tail = wrangler.start(["tail", "--format", "json", "--status", "error", "--method", "GET"]);
  const ask = (path: string) => edgeRequest(cloud.ready, { host: "watched.localhost", path });

  await vi.waitFor(
    async () => {
      await ask("/three");
      await ask("/throw");
      expect(tail.output()).toContain("thrown on purpose");
    },
    { timeout: 20_000, interval: 300 },
  );
  tail.stop();

  expect(tail.output()).toContain('"outcome": "exception"');
  expect(tail.output()).not.toContain("/three");
});

test("the official SDK finds what Workers logged and threw", async () => {
  const client = new Cloudflare({ apiToken: cloud.ready.apiToken, baseURL: cloud.ready.apiBaseUrl });
  const account_id = cloud.ready.accountId;
  const { telemetry } = client.workers.observability;
  const timeframe = { from: Date.now() - 600_000, to: Date.now() + 600_000 };
  const parameters = {
    filters: [
      { key: "$workers.outcome", operation: "eq" as const, type: "string" as const, value: "exception" },
    ],
    needle: { value: "thrown on purpose" },
  };

  const { events } = await vi.waitFor(
    async () => {
      const answer = await telemetry.query({
        account_id,
        queryId: "q",
        timeframe,
        view: "events",
        parameters,
      });
      expect(answer.events?.count).toBeGreaterThan(0);
      return answer;
    },
    { timeout: 10_000, interval: 200 },
  );
  const values = [];
  for await (const { value } of telemetry.values({
    account_id,
    datasets: [],
    key: "$metadata.service",
    timeframe,
    type: "string",
  }))
    values.push(value);
  const keys = [];
  for await (const { key } of telemetry.keys({ account_id })) keys.push(key);

  expect(events?.events?.[0]?.$metadata).toMatchObject({
    error: "TypeError: thrown on purpose",
    service: "watched",
    trigger: "GET /throw",
  });
  expect(values).toEqual(["watched"]);
  expect(keys).toEqual(expect.arrayContaining(["$metadata.level", "$workers.scriptVersion.id", "message"]));
});

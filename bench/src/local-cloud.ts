import { cpSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import autocannon from "autocannon";
import { run } from "rehearsals";
import { temporaryFolder } from "testkit";
import { call, moduleForm, uploadAssets, type ApiClient } from "./local-cloud-api.ts";
import { atMost, ratioAtLeast, ratioAtMost, told, type BenchLine } from "./line.ts";
import { freePort, start, untilAnswers, type Running } from "./processes.ts";

const PROJECT = join(import.meta.dirname, "..", "..");
const BIN = join(PROJECT, "node_modules", ".bin");
const CONNECTIONS = 20;
const SECONDS = 4;

interface StartedCloud extends Running {
  readonly startMs: number;
  readonly edgePort: string;
  readonly api: ApiClient;
  readonly env: Readonly<Record<string, string>>;
}

/**
 * Start, upload to serving, throughput at the edge against `wrangler dev` on the same Worker, memory, and whether many
 * versions and assets cost more than few, one by one.
 */
export async function benchLocalCloud(): Promise<readonly BenchLine[]> {
  const hello = temporaryFolder("bench-hello");
  cpSync(join(PROJECT, "examples", "hello"), hello, { recursive: true });
  const cloud = await startCloud();
  try {
    await wrangler(cloud, hello, ["deploy"]);
    const url = `http://hello.localhost:${cloud.edgePort}/`;
    const served = await requestsPerSecond(url, `127.0.0.1:${cloud.edgePort}`);
    const peer = await wranglerDev(hello);
    const uploadMs = await uploadToServing(cloud, hello);
    const api = await benchApi(cloud);
    return [
      atMost("start, without databases", cloud.startMs, { unit: "ms", limit: 2000 }),
      told("wrangler versions upload, until the preview answers", uploadMs, "ms"),
      ratioAtLeast(
        "requests at the edge, against wrangler dev",
        { value: served, peer, unit: "requests/s" },
        0.8,
      ),
      ...api,
    ];
  } finally {
    await cloud.stop();
  }
}

async function startCloud(): Promise<StartedCloud> {
  const startedAtMs = performance.now();
  const ports = ["--port", "0", "--edge-port", "0", "--database-port", "0", "--api-rate-limit", "0"];
  const running = start(
    [
      join(BIN, "local-cloud"),
      "up",
      "--json",
      "--api-rate-limit",
      "0",
      "--data",
      temporaryFolder("bench-cloud"),
      ...ports,
    ],
    { cwd: PROJECT },
  );
  const line = await new Promise<string>((resolve, reject) => {
    running.child.stdout?.setEncoding("utf8").once("data", resolve);
    running.child.once("exit", (code) => reject(new Error(`local-cloud ended with ${code}`)));
  });
  const startMs = performance.now() - startedAtMs;
  const ready = JSON.parse(line) as {
    apiBaseUrl: string;
    apiToken: string;
    accountId: string;
    edgeUrl: string;
  };
  const env = {
    CLOUDFLARE_API_BASE_URL: ready.apiBaseUrl,
    CLOUDFLARE_API_TOKEN: ready.apiToken,
    CLOUDFLARE_ACCOUNT_ID: ready.accountId,
    WRANGLER_SEND_METRICS: "false",
    WRANGLER_HIDE_BANNER: "true",
  };
  const api = { baseUrl: `${ready.apiBaseUrl}/accounts/${ready.accountId}`, token: ready.apiToken };
  return { ...running, startMs, edgePort: new URL(ready.edgeUrl).port, api, env };
}

async function wrangler({ env }: StartedCloud, cwd: string, args: readonly string[]): Promise<string> {
  const { exitCode, stdout, stderr } = await run({
    argv: [join(BIN, "wrangler"), ...args],
    cwd,
    env: { ...process.env, ...env },
  });
  if (exitCode !== 0) throw new Error(`wrangler ${args.join(" ")} ended with ${exitCode}: ${stderr}`);
  return stdout;
}

async function uploadToServing(cloud: StartedCloud, hello: string): Promise<number> {
  const source = join(hello, "src", "index.ts");
  writeFileSync(source, readFileSync(source, "utf8").replace("Hello", "Goodbye"));
  const startedAtMs = performance.now();
  const output = await wrangler(cloud, hello, ["versions", "upload"]);
  const preview = /Version Preview URL: https:\/\/(?<host>\S+)/u.exec(output)?.groups?.["host"];
  await untilAnswers(`http://${preview}/`, `http://127.0.0.1:${cloud.edgePort}`);
  return performance.now() - startedAtMs;
}

async function wranglerDev(hello: string): Promise<number> {
  const port = await freePort();
  const env = { CLOUDFLARE_CF_FETCH_ENABLED: "false", WRANGLER_SEND_METRICS: "false" };
  const dev = start(
    [
      join(BIN, "wrangler"),
      "dev",
      "--ip",
      "127.0.0.1",
      "--port",
      String(port),
      "--inspector-port",
      "0",
      "--log-level",
      "none",
    ],
    { cwd: hello, env },
  );
  dev.child.stdout?.resume();
  try {
    await untilAnswers(`http://127.0.0.1:${port}/`);
    return await requestsPerSecond(`http://127.0.0.1:${port}/`, `127.0.0.1:${port}`);
  } finally {
    await dev.stop();
  }
}

/** The mean of a few seconds, after one that doesn't count. */
async function requestsPerSecond(url: string, address: string): Promise<number> {
  const headers = { host: new URL(url).host };
  const options = { url: `http://${address}/`, headers, connections: CONNECTIONS };
  await autocannon({ ...options, duration: 1 });
  const { requests, non2xx, errors } = await autocannon({ ...options, duration: SECONDS });
  if (non2xx + errors > 0) throw new Error(`${url}: ${non2xx + errors} requests failed`);
  return requests.average;
}

const VERSIONS = 1000;
const ASSETS = 10_000;
/** What a tenth is measured for: a cost that grows with the square would be ten times as high for each. */
const FEW = 10;

async function benchApi(cloud: StartedCloud): Promise<readonly BenchLine[]> {
  const { api } = cloud;
  await call(api, "PUT /workers/scripts/bench", moduleForm(sourceOf(0)));
  await call(api, "POST /workers/scripts/bench/subdomain", { enabled: true, previews_enabled: true });
  const first = await median([1, 2, 3], (number) => versionToServing(cloud, number));
  for (let number = 4; number <= 29; number += 1)
    await call(api, "POST /workers/scripts/bench/versions", moduleForm(sourceOf(number)));
  const later = await median([30, 31, 32], (number) => versionToServing(cloud, number));
  return [
    atMost("API upload until its preview answers, 1 version", first, { unit: "ms", limit: 1000 }),
    atMost("API upload until its preview answers, 30 versions", later, { unit: "ms", limit: 1000 }),
    ...(await benchMemory(cloud)),
    ...(await benchManyVersions(api)),
    ...(await benchManyAssets(cloud)),
  ];
}

const sourceOf = (number: number) =>
  `export default { fetch() { return new Response("version ${number}"); } };`;

async function median(
  numbers: readonly number[],
  measure: (number: number) => Promise<number>,
): Promise<number> {
  const measured: number[] = [];
  for (const number of numbers) measured.push(await measure(number));
  return measured.toSorted((a, b) => a - b)[Math.floor(measured.length / 2)] ?? 0;
}

async function versionToServing({ api, edgePort }: StartedCloud, number: number): Promise<number> {
  const startedAtMs = performance.now();
  const form = moduleForm(sourceOf(number));
  const { id } = (await call(api, "POST /workers/scripts/bench/versions", form)) as { id: string };
  await untilAnswers(`http://${id.slice(0, 8)}-bench.localhost/`, `http://127.0.0.1:${edgePort}`);
  return performance.now() - startedAtMs;
}

/** Proportional set size, so that what processes share counts once; only Linux tells it. */
async function benchMemory({ api, child }: StartedCloud): Promise<readonly BenchLine[]> {
  if (process.platform !== "linux") return [];
  const before = workerdMemory(child.pid);
  for (let index = 0; index < 3; index += 1)
    await call(api, `PUT /workers/scripts/memory-${index}`, moduleForm(sourceOf(index)));
  const after = workerdMemory(child.pid);
  const eachMiB = (after.bytes - before.bytes) / Math.max(1, after.processes - before.processes) / 2 ** 20;
  return [told("memory of an active version", eachMiB, "MiB")];
}

function workerdMemory(parent: number | undefined): { readonly bytes: number; readonly processes: number } {
  const children = readFileSync(`/proc/${parent}/task/${parent}/children`, "utf8").trim().split(" ");
  const sizes = children.flatMap(memoryOfWorkerd);
  return { bytes: sizes.reduce((sum, size) => sum + size, 0), processes: sizes.length };
}

/** Bytes; nothing for another program, and for one that ends meanwhile. */
function memoryOfWorkerd(pid: string): readonly number[] {
  try {
    if (!readFileSync(`/proc/${pid}/cmdline`, "utf8").includes("workerd")) return [];
    const pss = /^Pss:\s+(?<kib>\d+) kB/mu.exec(readFileSync(`/proc/${pid}/smaps_rollup`, "utf8"));
    return [Number(pss?.groups?.["kib"]) * 1024];
  } catch {
    return [];
  }
}

/** Versions of assets alone: nothing of a Worker's has to start for them. */
async function benchManyVersions(api: ApiClient): Promise<readonly BenchLine[]> {
  const scripts = "/workers/scripts/many";
  const jwt = await uploadAssets(api, "many", 1);
  const form = () => {
    const data = new FormData();
    data.set("metadata", JSON.stringify({ assets: { jwt, config: {} }, compatibility_date: "2026-10-01" }));
    return data;
  };
  await call(api, `PUT ${scripts}`, form());
  const upload = async (count: number) => {
    const startedAtMs = performance.now();
    for (let index = 0; index < count; index += 1) await call(api, `POST ${scripts}/versions`, form());
    return (performance.now() - startedAtMs) / count;
  };
  const list = async () => {
    const startedAtMs = performance.now();
    let listed = 0;
    for (let page = 1; ; page += 1) {
      const request = `GET ${scripts}/versions?page=${page}&per_page=100`;
      const { items } = (await call(api, request)) as { items: unknown[] };
      listed += items.length;
      if (items.length === 0) return (performance.now() - startedAtMs) / listed;
    }
  };
  const few = VERSIONS / FEW;
  const [uploadFew, listFew] = [await upload(few), await list()];
  await upload(VERSIONS - 2 * few);
  const [uploadMany, listMany] = [await upload(few), await list()];
  return [
    growth(`one upload at ${VERSIONS} versions, against ${few}`, uploadMany, uploadFew),
    growth(`one listed version of ${VERSIONS}, against of ${few}`, listMany, listFew),
  ];
}

async function benchManyAssets(cloud: StartedCloud): Promise<readonly BenchLine[]> {
  const { api, edgePort } = cloud;
  const deploy = async (worker: string, count: number) => {
    const startedAtMs = performance.now();
    const jwt = await uploadAssets(api, worker, count);
    await call(api, `PUT /workers/scripts/${worker}`, moduleForm(sourceOf(0), { assets: { jwt } }));
    const url = `http://${worker}.localhost/assets/1/1.txt`;
    await untilAnswers(url, `http://127.0.0.1:${edgePort}`);
    return (performance.now() - startedAtMs) / count;
  };
  const few = await deploy("few-assets", ASSETS / FEW);
  const many = await deploy("many-assets", ASSETS);
  return [
    growth(`one asset of ${ASSETS}, uploaded and served, against of ${ASSETS / FEW}`, many, few),
    told(`${ASSETS} assets, uploaded and served`, (many * ASSETS) / 1000, "s"),
  ];
}

/** One of many may cost at most three times as much as one of few. */
function growth(name: string, many: number, few: number): BenchLine {
  return ratioAtMost(name, { value: many, peer: few, unit: "ms" }, 3);
}

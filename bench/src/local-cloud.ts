import { cpSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import autocannon from "autocannon";
import { run } from "rehearsals";
import { temporaryFolder } from "testkit";
import { atMost, ratioAtLeast, told, type BenchLine } from "./line.ts";
import { freePort, start, untilAnswers, type Running } from "./processes.ts";

const PROJECT = join(import.meta.dirname, "..", "..");
const BIN = join(PROJECT, "node_modules", ".bin");
const CONNECTIONS = 20;
const SECONDS = 4;

interface StartedCloud extends Running {
  readonly startMs: number;
  readonly edgePort: string;
  readonly env: Readonly<Record<string, string>>;
}

/** Start, upload to serving, and throughput at the edge against `wrangler dev` on the same Worker. */
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
    return [
      atMost("start, without databases", cloud.startMs, { unit: "ms", limit: 2000 }),
      told("wrangler versions upload, until the preview answers", uploadMs, "ms"),
      ratioAtLeast(
        "requests at the edge, against wrangler dev",
        { value: served, peer, unit: "requests/s" },
        0.8,
      ),
    ];
  } finally {
    await cloud.stop();
  }
}

async function startCloud(): Promise<StartedCloud> {
  const startedAtMs = performance.now();
  const ports = ["--port", "0", "--edge-port", "0", "--database-port", "0"];
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
  return { ...running, startMs, edgePort: new URL(ready.edgeUrl).port, env };
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

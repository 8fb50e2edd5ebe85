import { randomBytes } from "node:crypto";
import { spawn, type ChildProcess } from "node:child_process";
import { mkdirSync, rmSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import process from "node:process";
import * as z from "zod";
import { runOrFail } from "./run.ts";

const readySchema = z.object({
  pid: z.number(),
  apiBaseUrl: z.string(),
  edgeUrl: z.string(),
  accountId: z.string(),
  apiToken: z.string(),
  databases: z.record(z.string(), z.object({ url: z.string(), directUrl: z.string() })),
  inboxUrl: z.string(),
  dataDir: z.string(),
});
export type Ready = z.infer<typeof readySchema>;

export type EnvironmentName = "staging" | "production";

/** A local cloud with everything that a delivery needs besides the project: buckets, databases, secrets, a place for the ledger. */
export interface World {
  readonly ready: Ready;
  readonly ledger: string;
  /** Variables for a command that delivers to an environment: the three settings, its secrets, and a ledger of its own. */
  deliveryEnv(environment: EnvironmentName): Readonly<Record<string, string>>;
  /** The variables that a machine in the local cloud has, for jobs that bring their secrets themselves. */
  readonly machineEnv: Readonly<Record<string, string>>;
  readonly secrets: Readonly<Record<EnvironmentName, Readonly<Record<string, string>>>>;
  /** Variables that CI knows for all environments. */
  readonly shared: Readonly<Record<string, string>>;
  observations(): Promise<Observations>;
  /** Hosts that a command tried to reach although they are not on this machine. */
  readonly outbound: readonly string[];
  stop(): Promise<void>;
}

const observationsSchema = z.object({
  result: z.object({
    unknownRoutes: z.array(z.string()),
    blockedRequests: z.array(z.string()),
    answered: z.record(z.string(), z.record(z.string(), z.object({ total: z.number(), pinned: z.number() }))),
  }),
});
export type Observations = z.infer<typeof observationsSchema>["result"];

export interface WorldOptions {
  readonly project: string;
  /** Where the cloud keeps its state; emptied first. */
  readonly dataDir: string;
  /** Ports of API, edge and databases; 0 takes free ones. */
  readonly ports: readonly [number, number, number];
}

const DATABASES = { staging: "fm5-staging", production: "fm5-production" } as const;
const BUCKETS = ["fm5-releases", "fm5-staging-files", "fm5-production-files"];

export async function createWorld({ project, dataDir, ports }: WorldOptions): Promise<World> {
  rmSync(dataDir, { recursive: true, force: true });
  mkdirSync(dataDir, { recursive: true });
  const sentinel = await startSentinel();
  const base = baseEnv(sentinel.url);
  const cloud = await startCloud({ project, dataDir, ports, env: base });
  const { ready } = cloud;
  const ledger = join(dataDir, "ledger.git");
  await runOrFail({ argv: ["git", "init", "--quiet", "--bare", ledger], cwd: dataDir, env: base });
  await Promise.all(BUCKETS.map((name) => createBucket(ready, name)));
  const machineEnv = {
    ...base,
    CLOUDFLARE_API_BASE_URL: ready.apiBaseUrl,
    CLOUDFLARE_CF_FETCH_ENABLED: "false",
    DELIVERY_CONNECT_TO: ready.edgeUrl,
    DELIVERY_LEDGER_REMOTE: ledger,
    DELIVERY_RELEASES_CACHE: join(project, ".delivery", "built"),
  };
  const shared = {
    CLOUDFLARE_API_TOKEN: ready.apiToken,
    CLOUDFLARE_ACCOUNT_ID: ready.accountId,
    DELIVERY_FINGERPRINT_KEY: randomBytes(32).toString("hex"),
  };
  const secrets = { staging: secretsFor(ready, "staging"), production: secretsFor(ready, "production") };
  return {
    ready,
    ledger,
    machineEnv,
    secrets,
    shared,
    outbound: sentinel.hosts,
    deliveryEnv: (environment) => ({ ...machineEnv, ...shared, ...secrets[environment] }),
    observations: () => readObservations(ready),
    stop: async () => {
      await cloud.stop();
      await sentinel.stop();
    },
  };
}

/** What every command gets: where programs are, and a proxy that takes note of whoever wants to leave this machine. */
function baseEnv(proxy: string): Record<string, string> {
  return {
    PATH: process.env["PATH"] ?? "",
    HOME: process.env["HOME"] ?? "/",
    USER: process.env["USER"] ?? "developer",
    LANG: "C.UTF-8",
    HTTP_PROXY: proxy,
    HTTPS_PROXY: proxy,
    http_proxy: proxy,
    https_proxy: proxy,
    NO_PROXY: "127.0.0.1,localhost,.localhost",
    no_proxy: "127.0.0.1,localhost,.localhost",
    NODE_USE_ENV_PROXY: "1",
    WRANGLER_SEND_METRICS: "false",
    WRANGLER_SEND_ERROR_REPORTS: "false",
    WRANGLER_HIDE_BANNER: "true",
  };
}

interface Cloud {
  readonly ready: Ready;
  stop(): Promise<void>;
}

function startCloud(
  options: WorldOptions & { readonly env: Readonly<Record<string, string>> },
): Promise<Cloud> {
  const { project, dataDir, ports, env } = options;
  const [port, edgePort, databasePort] = ports.map(String);
  const argv = [
    ...["up", "--json", "--data", dataDir, "--port", port ?? "0", "--edge-port", edgePort ?? "0"],
    ...[
      "--database-port",
      databasePort ?? "0",
      ...Object.values(DATABASES).flatMap((name) => ["--database", name]),
    ],
  ];
  const child = spawn(join(project, "node_modules", ".bin", "local-cloud"), argv, {
    cwd: dataDir,
    env,
    stdio: ["ignore", "pipe", "pipe"],
  });
  return new Promise((resolve, reject) => {
    let complaint = "";
    child.stderr
      .setEncoding("utf8")
      .on("data", (text: string) => (complaint = `${complaint}${text}`.slice(-4000)));
    child.stdout.setEncoding("utf8").once("data", (line: string) => {
      resolve({ ready: readySchema.parse(JSON.parse(line)), stop: () => stopChild(child) });
    });
    child.once("error", reject);
    child.once("exit", (code) => reject(new CloudFailed(code ?? 1, complaint.trim())));
  });
}

/** The local cloud said in `message` why it can't start. */
export class CloudFailed extends Error {
  override readonly name = "CloudFailed";
  readonly exitCode: number;

  constructor(exitCode: number, message: string) {
    super(message);
    this.exitCode = exitCode;
  }
}

async function stopChild(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise((resolve) => child.once("exit", resolve));
  child.kill("SIGTERM");
  await ended;
}

async function createBucket({ apiBaseUrl, accountId, apiToken }: Ready, name: string): Promise<void> {
  const response = await fetch(`${apiBaseUrl}/accounts/${accountId}/r2/buckets`, {
    method: "POST",
    headers: { authorization: `Bearer ${apiToken}`, "content-type": "application/json" },
    body: JSON.stringify({ name }),
  });
  if (!response.ok) throw new Error(`the bucket ${name} was refused: ${await response.text()}`);
}

async function readObservations({ apiBaseUrl, apiToken }: Ready): Promise<Observations> {
  const url = new URL("/__observations", apiBaseUrl);
  const response = await fetch(url, { headers: { authorization: `Bearer ${apiToken}` } });
  return observationsSchema.parse(await response.json()).result;
}

function secretsFor({ databases }: Ready, environment: EnvironmentName): Readonly<Record<string, string>> {
  const database = databases[DATABASES[environment]];
  return {
    XATA_DATABASE_URL: database?.url ?? "",
    DIRECT_DATABASE_URL: database?.directUrl ?? "",
    JWT_SECRET: randomBytes(32).toString("base64"),
    BETTER_AUTH_SECRET: randomBytes(32).toString("base64"),
    RESEND_API_KEY: `re_${randomBytes(16).toString("hex")}`,
  };
}

/** A proxy that lets nothing through and remembers who was asked for. */
async function startSentinel(): Promise<{
  readonly url: string;
  readonly hosts: readonly string[];
  stop(): Promise<void>;
}> {
  const hosts: string[] = [];
  const server: Server = createServer((request, response) => {
    hosts.push(new URL(request.url ?? "/", "http://unknown").host);
    response.writeHead(502).end();
  });
  server.on("connect", (request, socket) => {
    hosts.push(request.url ?? "unknown");
    socket.end("HTTP/1.1 502 Bad Gateway\r\ncontent-length: 0\r\n\r\n");
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const stop = () =>
    new Promise<void>((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  return { url: `http://127.0.0.1:${port}`, hosts, stop };
}

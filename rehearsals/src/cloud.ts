import { spawn, type ChildProcess } from "node:child_process";
import { mkdirSync } from "node:fs";
import { createServer, type Server } from "node:http";
import { type AddressInfo, connect, type Socket } from "node:net";
import type { Duplex } from "node:stream";
import { tmpdir } from "node:os";
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

const observationsSchema = z.object({
  result: z.object({
    unknownRoutes: z.array(z.string()),
    blockedRequests: z.array(z.string()),
    answered: z.record(z.string(), z.record(z.string(), z.object({ total: z.number(), pinned: z.number() }))),
  }),
});
type Observations = z.infer<typeof observationsSchema>["result"];

export interface CloudOptions {
  /** The project whose local-cloud command is started. */
  readonly project: string;
  /** Where the cloud keeps its state. */
  readonly dataDir: string;
  /** Ports of API, edge and databases; 0 takes free ones. */
  readonly ports: readonly [number, number, number];
  readonly databases: readonly string[];
  readonly buckets: readonly string[];
  /** Options of `local-cloud up` beside those that every rehearsal gives it. */
  readonly args?: readonly string[];
}

/** A local cloud in a process of its own, as a user starts it, with a repository for the ledger in its data folder. */
export interface Cloud {
  readonly ready: Ready;
  readonly ledger: string;
  /** What every command gets on a machine in the local cloud: its three settings, and a proxy that lets nobody out. */
  readonly machineEnv: Readonly<Record<string, string>>;
  /** What CI knows for all environments. */
  readonly sharedEnv: Readonly<Record<string, string>>;
  /** Hosts beyond this machine that a command tried to reach. */
  readonly outbound: readonly string[];
  observations(): Promise<Observations>;
  stop(): Promise<void>;
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

export async function startCloud(options: CloudOptions): Promise<Cloud> {
  const { project, dataDir, buckets } = options;
  mkdirSync(dataDir, { recursive: true });
  const sentinel = await startSentinel();
  try {
    const base = baseEnv(sentinel.url);
    const started = await startProcess(options, base);
    const { ready } = started;
    const ledger = join(dataDir, "ledger.git");
    await runOrFail({ argv: ["git", "init", "--quiet", "--bare", ledger], cwd: dataDir, env: base });
    for (const name of buckets) await createBucket(ready, name);
    return {
      ready,
      ledger,
      machineEnv: {
        ...base,
        CLOUDFLARE_API_BASE_URL: ready.apiBaseUrl,
        CLOUDFLARE_CF_FETCH_ENABLED: "false",
        DELIVERY_CONNECT_TO: ready.edgeUrl,
        DELIVERY_LEDGER_REMOTE: ledger,
        DELIVERY_RELEASES_CACHE: join(project, ".delivery", "built"),
      },
      sharedEnv: {
        CLOUDFLARE_API_TOKEN: ready.apiToken,
        CLOUDFLARE_ACCOUNT_ID: ready.accountId,
        DELIVERY_FINGERPRINT_KEY: "a key for rehearsals only",
      },
      outbound: sentinel.hosts,
      observations: () => readObservations(ready),
      stop: async () => {
        await started.stop();
        await sentinel.stop();
      },
    };
  } catch (error) {
    await sentinel.stop();
    throw error;
  }
}

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
    // Node.js compiles wrangler's twelve megabytes once instead of once a command.
    NODE_COMPILE_CACHE:
      process.env["NODE_COMPILE_CACHE"] ??
      join(tmpdir(), `rehearsal-compile-cache-${process.getuid?.() ?? 0}`),
    WRANGLER_SEND_METRICS: "false",
    WRANGLER_SEND_ERROR_REPORTS: "false",
    WRANGLER_HIDE_BANNER: "true",
  };
}

function startProcess(
  { project, dataDir, ports, databases, args = [] }: CloudOptions,
  env: Readonly<Record<string, string>>,
): Promise<{ readonly ready: Ready; stop(): Promise<void> }> {
  const [port, edgePort, databasePort] = ports.map(String);
  // Both environments and all scenarios share one token here, and run without a pause: no real project does.
  const argv = [
    "up",
    "--json",
    "--until-stdin-ends",
    "--api-rate-limit",
    "0",
    "--resend-rate-limit",
    "0",
    "--data",
    dataDir,
    ...args,
  ];
  argv.push("--port", port ?? "0", "--edge-port", edgePort ?? "0", "--database-port", databasePort ?? "0");
  argv.push(...databases.flatMap((name) => ["--database", name]));
  const child = spawn(join(project, "node_modules", ".bin", "local-cloud"), argv, {
    cwd: dataDir,
    env,
    stdio: ["pipe", "pipe", "pipe"],
    // Ctrl-C in a terminal goes to a whole group: this one is to be stopped last, by `stop`.
    detached: true,
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
    child.once("exit", (code) => reject(new CloudFailed(code ?? 1, withoutLog(complaint))));
  });
}

/** The last thing that it said, without the log lines before it. */
function withoutLog(text: string): string {
  const lines = text.trim().split("\n");
  return lines.filter((line) => !/^\d{4}-\d\d-\d\dT/u.test(line)).join("\n");
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
    signal: AbortSignal.timeout(30_000),
  });
  if (!response.ok) throw new Error(`the bucket ${name} was refused: ${await response.text()}`);
}

async function readObservations({ apiBaseUrl, apiToken }: Ready): Promise<Observations> {
  const response = await fetch(new URL("/__observations", apiBaseUrl), {
    headers: { authorization: `Bearer ${apiToken}` },
  });
  return observationsSchema.parse(await response.json()).result;
}

/** A proxy that lets nobody off this machine, and remembers who was asked for. */
async function startSentinel(): Promise<{
  readonly url: string;
  readonly hosts: readonly string[];
  stop(): Promise<void>;
}> {
  const hosts: string[] = [];
  // The server forgets a connection that became a tunnel, yet waits for its end.
  const sockets = new Set<Socket>();
  const server: Server = createServer((request, response) => {
    hosts.push(new URL(request.url ?? "/", "http://unknown").host);
    response.writeHead(502).end();
  });
  server.on("connect", (request, socket) => {
    socket.on("error", () => socket.destroy());
    const target = new URL(`http://${request.url}`);
    if (target.hostname === "127.0.0.1" || target.hostname === "localhost") {
      // wrangler's tail asks the proxy for its WebSocket, whatever NO_PROXY says.
      tunnel(socket, Number(target.port));
      return;
    }
    hosts.push(target.host);
    socket.end("HTTP/1.1 502 Bad Gateway\r\ncontent-length: 0\r\n\r\n", () => socket.destroy());
  });
  server.on("connection", (socket) => {
    sockets.add(socket);
    socket.once("close", () => sockets.delete(socket));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const stop = () =>
    new Promise<void>((resolve) => {
      server.close(() => resolve());
      for (const socket of sockets) socket.destroy();
    });
  return { url: `http://127.0.0.1:${port}`, hosts, stop };
}

function tunnel(client: Duplex, port: number): void {
  const upstream = connect(port, "127.0.0.1", () => {
    client.write("HTTP/1.1 200 Connection Established\r\n\r\n");
    client.pipe(upstream).pipe(client);
  });
  upstream.on("error", () => client.destroy());
  upstream.on("close", () => client.destroy());
  client.on("close", () => upstream.destroy());
}

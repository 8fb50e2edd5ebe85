import { mkdirSync } from "node:fs";
import { createServer, type Server } from "node:http";
import { type AddressInfo, connect, type Socket } from "node:net";
import type { Duplex } from "node:stream";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import * as z from "zod";
import { ask } from "./ask.ts";
import { startCloudProcess, type CloudProcess, type Ready } from "./cloud-process.ts";
import { runOrFail } from "./run.ts";

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
  /** How long its process may take to be ready, and to end. @see startCloudProcess */
  readonly startsWithinMs?: number;
  readonly stopsWithinMs?: number;
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

export async function startCloud(options: CloudOptions): Promise<Cloud> {
  const { project, dataDir, buckets, startsWithinMs, stopsWithinMs } = options;
  mkdirSync(dataDir, { recursive: true });
  const sentinel = await startSentinel();
  let started: CloudProcess | undefined;
  const stop = async () => {
    try {
      await started?.stop();
    } finally {
      await sentinel.stop();
    }
  };
  try {
    const base = baseEnv(sentinel.url);
    const limits = { startsWithinMs, stopsWithinMs };
    started = await startCloudProcess({ project, dataDir, args: argsOf(options), env: base, ...limits });
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
      stop,
    };
  } catch (error) {
    // What went wrong first is what counts.
    await stop().catch(() => undefined);
    throw error;
  }
}

function baseEnv(proxy: string): Record<string, string> {
  return {
    PATH: process.env["PATH"] ?? "",
    HOME: process.env["HOME"] ?? "/",
    USER: process.env["USER"] ?? "developer",
    LANG: "C.UTF-8",
    TMPDIR: tmpdir(),
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

/** Both environments and all scenarios share one token here, and run without a pause: no real project does. */
const UNLIMITED = ["--api-rate-limit", "0", "--resend-rate-limit", "0"];

function argsOf({ ports, databases, args = [] }: CloudOptions): readonly string[] {
  const [port, edgePort, databasePort] = ports.map(String);
  const listening = ["--port", port ?? "0", "--edge-port", edgePort ?? "0"];
  return [
    ...UNLIMITED,
    ...args,
    ...listening,
    "--database-port",
    databasePort ?? "0",
    ...databases.flatMap((name) => ["--database", name]),
  ];
}

async function createBucket({ apiBaseUrl, accountId, apiToken }: Ready, name: string): Promise<void> {
  const url = `${apiBaseUrl}/accounts/${accountId}/r2/buckets`;
  const { status, reply } = await ask(apiToken, { method: "POST", url, body: JSON.stringify({ name }) });
  if (status >= 300) throw new Error(`the bucket ${name} was refused: ${JSON.stringify(reply)}`);
}

async function readObservations({ apiBaseUrl, apiToken }: Ready): Promise<Observations> {
  const { reply } = await ask(apiToken, { url: new URL("/__observations", apiBaseUrl).href });
  return observationsSchema.parse(reply).result;
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

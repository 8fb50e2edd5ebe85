import { join } from "node:path";
import process from "node:process";
import { assemble, HOST } from "./assembly.ts";
import { systemClock } from "./clock.ts";
import { cleanUp, type Cleanups } from "./cleanups.ts";
import type { LocalCloudOptions } from "./cloud-options.ts";
import { createControlPlane, API_PREFIX } from "./control-plane.ts";
import { clearLeftovers, dataFolderUnusable, makeDataFolder } from "./data-folder.ts";
import { createEdge, createTlsEdge } from "./dataplane/edge.ts";
import { openTlsMaterial } from "./dataplane/tls/material.ts";
import { systemErrorCode } from "./errors.ts";
import type { Wiring } from "./faults/wiring.ts";
import { closeServer, listen } from "./listen.ts";
import type { Overview } from "./overview.ts";
import type { Observations } from "./own-routes.ts";
import { childGuard } from "./process/children.ts";
import { removeReadyFile, writeReadyFile, type Ready } from "./ready-file.ts";
import { Management } from "./services/xata-management/backend.ts";
import { XATA_API_PREFIX } from "./services/xata-management/routes.ts";
import { startXata, type XataService } from "./services/xata/backend.ts";
import { openState } from "./store/state.ts";

export interface LocalCloud {
  readonly ready: Ready;
  /** PostgreSQL behind its gateway; undefined when no database was asked for. */
  readonly xata: XataService | undefined;
  readonly observations: Observations;
  /** What there is at the moment, for a person. */
  overview(): Overview;
  /** Ends everything that was started; the state stays. Idempotent. */
  stop(): Promise<void>;
}

function isOpen(host: string): boolean {
  return !(host.startsWith("127.") || host === "::1" || host === "localhost");
}

/** How this machine's own clients reach what listens on an address, which may stand for all of them. */
function reachableAt(host: string): string {
  if (host === "0.0.0.0" || host === "::") return HOST;
  return host.includes(":") ? `[${host}]` : host;
}

const CLOSE_GRACE_MS = 1500;

/**
 * Starts the local cloud: Cloudflare's API, the edge, and the databases, on 127.0.0.1.
 * @throws {LocalCloudError} with what is wrong and what to do; nothing is left running then.
 */
export async function startLocalCloud(options: LocalCloudOptions): Promise<LocalCloud> {
  const dataDir = makeDataFolder(options.dataDir);
  childGuard();
  const cleanups: Cleanups = [];
  let stopped: Promise<void> | undefined;
  const stop = () => (stopped ??= cleanUp(cleanups, options.log));
  try {
    const state = openState(join(dataDir, "state.sqlite"));
    cleanups.push(() => state.close());
    clearLeftovers(dataDir);
    const parts = assemble(state, dataDir, options);
    cleanups.push(() => parts.analytics.close());
    const apiServer = createControlPlane(parts.controlPlane);
    const edgeServer = createEdge(parts.edge);
    cleanups.push(() => parts.requests.close());
    cleanups.push(() => parts.webhooks.stop());
    parts.wiring.api(apiServer);
    parts.wiring.edge(edgeServer);
    const host = options.host ?? HOST;
    const port = await open(apiServer, { host, port: options.port, flag: "--port" }, cleanups);
    cleanups.push(() => parts.tails.stop());
    const edgePort = await open(edgeServer, { host, port: options.edgePort, flag: "--edge-port" }, cleanups);
    const tls = openTlsMaterial(join(dataDir, "tls"));
    const tlsServer = createTlsEdge(parts.edge, tls);
    const tlsAt = { host, port: options.edgeTlsPort ?? 0, flag: "--edge-tls-port" };
    parts.wiring.edge(tlsServer, () => edgePort);
    const edgeTlsPort = await open(tlsServer, tlsAt, cleanups);
    parts.running.port = port;
    parts.running.edgePort = edgePort;
    const xata =
      options.databases.length === 0 ? undefined : await startDatabases(options, dataDir, parts.wiring);
    parts.running.xata = xata;
    parts.running.management = xata && new Management(xata, () => (options.clock ?? systemClock).now());
    cleanups.push(async () => xata?.stop());
    cleanups.push(() => parts.events.stop());
    cleanups.push(() => parts.dataPlane.stop());
    await parts.dataPlane.start();
    parts.webhooks.deliverDue();
    cleanups.push(parts.events.start());
    const reachable = reachableAt(host);
    const ready: Ready = {
      schema: 1,
      ready: true,
      pid: process.pid,
      apiBaseUrl: `http://${reachable}:${port}${API_PREFIX}`,
      edgeUrl: `http://${reachable}:${edgePort}`,
      edgeTlsUrl: `https://${reachable}:${edgeTlsPort}`,
      caFile: tls.caFile,
      accountId: parts.accounts.accountId,
      apiToken: parts.accounts.apiToken,
      databases: xata?.databases ?? {},
      ...(xata && { xata: xataReady(xata, `http://${reachable}:${port}`) }),
      inboxUrl: `http://${reachable}:${port}/inbox`,
      dataDir,
    };
    if (isOpen(host))
      options.log(
        `OPEN: whoever reaches ${host} can send requests to Workers, and with the token change them. The databases stay on ${HOST}.`,
      );
    writeReadyFile(ready);
    cleanups.push(() => removeReadyFile(dataDir));
    return { ready, xata, observations: parts.observations, overview: parts.overview, stop };
  } catch (error) {
    await stop();
    throw systemErrorCode(error) === "ENOSPC" ? dataFolderUnusable(dataDir, error) : error;
  }
}

async function open(
  server: Parameters<typeof listen>[0],
  at: { host: string; port: number; flag: string },
  cleanups: Cleanups,
): Promise<number> {
  const bound = await listen(server, at);
  cleanups.push(() => closeServer(server, CLOSE_GRACE_MS));
  return bound;
}

function xataReady({ store }: XataService, origin: string): NonNullable<Ready["xata"]> {
  const { apiKey, organizationId, defaultBranchId, branches } = store.document;
  const projectId = store.branch(defaultBranchId)?.projectId ?? branches[0]?.projectId ?? "";
  const apiBaseUrl = `${origin}${XATA_API_PREFIX}`;
  return { apiBaseUrl, apiKey, organizationId, projectId, branchId: defaultBranchId };
}

function startDatabases(options: LocalCloudOptions, dataDir: string, wiring: Wiring): Promise<XataService> {
  const { databases, databasePort: port, log, clock = systemClock } = options;
  return startXata({
    dataDir: join(dataDir, "databases"),
    host: HOST,
    port,
    databases,
    log,
    front: { http: (server) => wiring.xata(server), postgres: (socket) => wiring.postgres(socket) },
    now: () => clock.now(),
    processes: childGuard(),
  });
}

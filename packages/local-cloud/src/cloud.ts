import { chmodSync, mkdirSync, rmSync } from "node:fs";
import { join, resolve } from "node:path";
import process from "node:process";
import { systemClock, type Clock } from "./clock.ts";
import { createControlPlane, API_PREFIX } from "./control-plane.ts";
import { createDataPlane, type DataPlane } from "./data-plane.ts";
import { dataFolderUnusable } from "./data-folder.ts";
import { systemErrorCode } from "./errors.ts";
import { edgeIndexPage } from "./edge-index-page.ts";
import { createEdge, createTlsEdge } from "./dataplane/edge.ts";
import type { RequestRecord } from "./dataplane/exchange.ts";
import { openTlsMaterial } from "./dataplane/tls/material.ts";
import { CLOUDFLARE_RATE_POLICY } from "./http/rate-limit.ts";
import { createWiring, type Wiring } from "./faults/wiring.ts";
import type { Route } from "./http/routes.ts";
import { closeServer, listen } from "./listen.ts";
import { overviewOf, type Overview } from "./overview.ts";
import { ownRoutes, type Observations } from "./own-routes.ts";
import { childGuard } from "./process/children.ts";
import { removeReadyFile, writeReadyFile, type Ready } from "./ready-file.ts";
import { readRequestLog, RequestLog, type LoggedRequest } from "./request-log.ts";
import { AccountsBackend } from "./services/accounts/backend.ts";
import { accountRoutes } from "./services/accounts/routes.ts";
import { tokenRoutes } from "./services/accounts/token-routes.ts";
import { AnalyticsBackend, EXACT_METRICS, type MetricsSettings } from "./services/analytics/backend.ts";
import { countingOperations } from "./services/analytics/bucket-operations.ts";
import { bucketUsage } from "./services/analytics/bucket-usage.ts";
import { openAnalyticsDatabase } from "./services/analytics/database.ts";
import { R2_STORAGE } from "./services/analytics/graphql/datasets.ts";
import { graphqlRoutes } from "./services/analytics/routes.ts";
import { sqlRoutes } from "./services/analytics/engine/routes.ts";
import { telemetryRoutes } from "./services/analytics/telemetry/routes.ts";
import { AssetsBackend } from "./services/assets/backend.ts";
import { assetRoutes } from "./services/assets/routes.ts";
import { DomainsBackend } from "./services/domains/backend.ts";
import { domainRoutes } from "./services/domains/routes.ts";
import { ZonesBackend } from "./services/zones/backend.ts";
import { zoneRoutes } from "./services/zones/routes.ts";
import { bucketRoutes } from "./services/r2/routes.ts";
import { ResendBackend } from "./services/resend/backend.ts";
import { ResendRate } from "./services/resend/rate.ts";
import { RESEND_HOST, type ResendParts } from "./services/resend/server.ts";
import { postLocally, Webhooks } from "./services/resend/webhooks.ts";
import { TailBackend } from "./services/tail/backend.ts";
import { tailRoutes } from "./services/tail/routes.ts";
import { WorkersBackend } from "./services/workers/backend.ts";
import { workerRoutes } from "./services/workers/routes.ts";
import { WorkersStore } from "./services/workers/store.ts";
import { startPageRoutes } from "./start-page.ts";
import { startXata, type XataService } from "./services/xata/backend.ts";
import { Management } from "./services/xata-management/backend.ts";
import { XATA_API_PREFIX, xataRoutes } from "./services/xata-management/routes.ts";
import { openBlobs } from "./store/blobs.ts";
import { createStoresAndEvents, type StoresAndEvents } from "./stores-and-events.ts";
import { openState, type State } from "./store/state.ts";

export interface LocalCloudOptions {
  /** Folder with all of its state; made when missing. */
  readonly dataDir: string;
  /** Ports; 0 takes any free one. */
  readonly port: number;
  readonly edgePort: number;
  /** HTTPS at the edge; any free port when left out. */
  readonly edgeTlsPort?: number;
  readonly databasePort: number;
  /** Names of the PostgreSQL databases to have. None: PostgreSQL isn't started. */
  readonly databases: readonly string[];
  /** What cron triggers go by. Default: the machine's. */
  readonly clock?: Clock;
  /** How long a deployment takes until every request at the edge meets it, in milliseconds; 0 when left out. */
  readonly propagationDelayMs?: number;
  /** The address on which the API and the edge listen. Default: 127.0.0.1, which only this machine reaches. */
  readonly host?: string;
  /** How many API requests each token may send per 5 minutes. Default: no limit. */
  readonly apiRateLimit?: number;
  /** How many requests per second Resend takes. Default: no limit. */
  readonly resendRateLimit?: number;
  /** How late and how sampled metrics are; default: neither. */
  readonly metrics?: MetricsSettings;
  readonly log: (line: string) => void;
  readonly onRequest?: (record: RequestRecord) => void;
}

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

function count({ answered }: Observations, { worker, versionId, pinned }: RequestRecord): void {
  if (worker === undefined || versionId === undefined) return;
  const versions = (answered[worker] ??= {});
  const counts = (versions[versionId] ??= { total: 0, pinned: 0 });
  counts.total += 1;
  if (pinned) counts.pinned += 1;
}

function isOpen(host: string): boolean {
  return !(host.startsWith("127.") || host === "::1" || host === "localhost");
}

/** How this machine's own clients reach what listens on an address, which may stand for all of them. */
function reachableAt(host: string): string {
  if (host === "0.0.0.0" || host === "::") return HOST;
  return host.includes(":") ? `[${host}]` : host;
}

function loggedEdgeRequest(record: RequestRecord): LoggedRequest {
  const { at, method, host, path, status, durationMs, ray, worker, versionId } = record;
  return {
    at,
    service: "edge",
    method,
    host,
    path,
    status,
    durationMs: Math.round(durationMs),
    ray,
    worker,
    versionId,
  };
}

type Cleanups = (() => Promise<void> | void)[];

/** @see withPersistRootStartupLock in miniflare's source */
const MINIFLARE_LOCK = ".miniflare-startup.lock";
const HOST = "127.0.0.1";
const CLOSE_GRACE_MS = 1500;

/**
 * Starts the local cloud: Cloudflare's API, the edge, and the databases, on 127.0.0.1.
 * @throws {LocalCloudError} with what is wrong and what to do; nothing is left running then.
 */
export async function startLocalCloud(options: LocalCloudOptions): Promise<LocalCloud> {
  const dataDir = makeDataFolder(options.dataDir);
  childGuard();
  const cleanups: Cleanups = [];
  const stop = async () => {
    for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
  };
  try {
    const state = openState(join(dataDir, "state.sqlite"));
    cleanups.push(() => state.close());
    clearLeftovers(dataDir);
    const parts = assemble(state, dataDir, options);
    cleanups.push(() => parts.analytics.close());
    cleanups.push(() => parts.tails.stop());
    const apiServer = createControlPlane(parts.controlPlane);
    const edgeServer = createEdge(parts.edge);
    cleanups.push(() => parts.requests.close());
    cleanups.push(() => parts.webhooks.stop());
    parts.wiring.api(apiServer);
    parts.wiring.edge(edgeServer);
    const host = options.host ?? HOST;
    const port = await open(apiServer, { host, port: options.port, flag: "--port" }, cleanups);
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
    await parts.dataPlane.start();
    parts.webhooks.deliverDue();
    cleanups.push(() => parts.dataPlane.stop());
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

interface Parts {
  readonly accounts: AccountsBackend;
  readonly analytics: AnalyticsBackend;
  readonly tails: TailBackend;
  readonly events: StoresAndEvents;
  readonly dataPlane: DataPlane;
  readonly controlPlane: Parameters<typeof createControlPlane>[0];
  readonly edge: Parameters<typeof createEdge>[0];
  readonly observations: Observations;
  readonly overview: () => Overview;
  readonly requests: RequestLog;
  readonly webhooks: Webhooks;
  readonly wiring: Wiring;
  /** Filled in once they listen. */
  readonly running: {
    port: number;
    edgePort: number;
    xata: XataService | undefined;
    management: Management | undefined;
  };
}

function assemble(state: State, dataDir: string, options: LocalCloudOptions): Parts {
  const { log } = options;
  const running: Parts["running"] = {
    port: 0,
    edgePort: 0,
    xata: undefined,
    management: undefined,
  };
  const observations: Observations = { unknownRoutes: [], blockedRequests: [], answered: {} };
  const folders = { storage: join(dataDir, "storage"), run: join(dataDir, "run") };
  const blobs = openBlobs(join(dataDir, "blobs"));
  const logFolder = join(dataDir, "log");
  const requests = new RequestLog(logFolder);
  const wiring = createWiring({
    state,
    requests,
    apiPrefix: API_PREFIX,
    outboundServices: { [RESEND_HOST]: "resend" },
    log,
  });
  const accounts = new AccountsBackend(state);
  const assets = new AssetsBackend(state, blobs);
  const domains = new DomainsBackend(state);
  const zones = new ZonesBackend(state);
  const events = createStoresAndEvents({
    state,
    folders,
    clock: options.clock ?? systemClock,
    targetOf: (worker) => dataPlane.eventTarget(worker),
    apiOrigin: () => `http://${HOST}:${running.port}`,
    log,
  });
  const resend = createResend(state, options, () => running.edgePort);
  const tails = new TailBackend();
  const store: WorkersStore = new WorkersStore(state, () => dataPlane.refresh());
  const analytics = new AnalyticsBackend({
    database: openAnalyticsDatabase(join(dataDir, "analytics.sqlite"), log),
    worker: (name) => store.worker(name),
    settings: options.metrics ?? EXACT_METRICS,
    now: Date.now,
    random: Math.random,
  });
  const dataPlane: DataPlane = createDataPlane({
    analytics,
    folders,
    blobs,
    assets,
    store,
    resend,
    tails,
    observations,
    send: events.send,
    outbound: (answer) => wiring.outbound(answer),
    clock: options.clock ?? systemClock,
    propagationDelayMs: options.propagationDelayMs ?? 0,
    log,
  });
  const workers = new WorkersBackend({
    store,
    blobs,
    assets,
    runtime: dataPlane.runtime,
    objects: events.objects,
    checkTargets: events.checkTargets,
    consumesQueue: (worker) => events.queues.isConsumer(worker),
  });
  const edgeHost = () => `localhost:${running.edgePort}`;
  const remove = (worker: string, how: { readonly force: boolean }) => {
    workers.delete(worker, how);
    domains.dropWorker(worker);
    zones.dropWorker(worker);
    events.objects.dropWorker(worker);
    events.queues.dropWorker(worker);
  };
  const routes = [
    ...accountRoutes(accounts),
    ...workerRoutes({ workers, store, blobs, edgeHost, remove }),
    ...assetRoutes(assets),
    ...domainRoutes(domains, workers),
    ...zoneRoutes(zones, workers, accounts.accountId),
    ...tailRoutes(tails, workers, () => `ws://${HOST}:${running.port}`),
    ...countingOperations(bucketRoutes(events.buckets), (operation) => analytics.bucketOperation(operation)),
    ...events.routes(workers, store),
    ...sqlRoutes((sql) => analytics.sql(sql)),
    ...telemetryRoutes({
      accountId: accounts.accountId,
      events: (range) => analytics.events(range),
      now: Date.now,
    }),
    ...graphqlRoutes({
      accountId: accounts.accountId,
      now: Date.now,
      sampleInterval: analytics.sampleInterval,
      measurements: async (dataset, range, filter) =>
        dataset === R2_STORAGE
          ? bucketUsage(events.buckets, { filter, second: secondWithin(range) })
          : analytics.measurements(dataset, range),
    }),
  ];
  const overview = () => overviewOf({ store, domains, resend: resend.backend, edgePort: running.edgePort });
  const newestRequests: Parameters<typeof ownRoutes>[0]["requests"] = (query) => {
    requests.flush();
    return readRequestLog(logFolder, query);
  };
  const onUnknownRoute = (line: string) => {
    observations.unknownRoutes.push(line);
    log(`NO SUCH ROUTE: ${line}`);
  };
  return {
    accounts,
    analytics,
    tails,
    events,
    dataPlane,
    observations,
    requests,
    webhooks: resend.webhooks,
    wiring,
    overview,
    running,
    controlPlane: {
      routes,
      ownRoutes: [
        ...ownRoutes({
          resend,
          observations,
          faults: wiring.faults,
          requests: newestRequests,
          databases: () => running.xata,
        }),
        ...startPageRoutes({ overview, requests: newestRequests, edgePort: () => running.edgePort }),
        ...events.ownRoutes(workers),
        ...tokenRoutes(accounts),
        ...xataRoutes({ management: () => running.management, onUnknownRoute, log }),
      ],
      accounts,
      tails,
      rateLimit:
        options.apiRateLimit === undefined
          ? undefined
          : { ...CLOUDFLARE_RATE_POLICY, requests: options.apiRateLimit },
      onUnknownRoute,
      log,
    },
    edge: {
      hosts: {
        customDomain: (hostname) => domains.workerOf(hostname) ?? zones.workerOf(hostname),
        worker: (name) => store.worker(name),
        previewedVersion: (worker, prefix) => dataPlane.previewedVersion(worker, prefix),
      },
      candidates: (worker) => dataPlane.candidates(worker),
      version: (id) => store.version(id),
      lease: (version) => dataPlane.lease(version),
      indexPage: () => edgeIndexPage(overview(), running.edgePort),
      onRequest: (record) => {
        count(observations, record);
        analytics.answered(record);
        requests.record(loggedEdgeRequest(record));
        options.onRequest?.(record);
      },
      log,
    },
  };
}

/** The tables of all routes, as a local cloud on that empty folder has them. Nothing is started. */
export async function routeTables(folder: string): Promise<readonly Route[]> {
  const state = openState(join(folder, "state.sqlite"));
  const options = {
    dataDir: folder,
    port: 0,
    edgePort: 0,
    databasePort: 0,
    databases: [],
    log: () => undefined,
  };
  const { controlPlane, analytics, tails, dataPlane } = assemble(state, folder, options);
  await dataPlane.stop();
  tails.stop();
  analytics.close();
  state.close();
  return [...controlPlane.routes, ...controlPlane.ownRoutes];
}

/** Now, or the last whole second of the range when that is past: a slow answer still lies in it. */
function secondWithin({ to }: { readonly to: number }): number {
  return Math.floor(Math.min(Date.now() / 1000, to - 1));
}

function createResend(state: State, options: LocalCloudOptions, edgePort: () => number): ResendParts {
  const { clock = systemClock, resendRateLimit } = options;
  const webhooks = new Webhooks(state, { clock, post: postLocally(edgePort) });
  return {
    backend: new ResendBackend(state, { clock, webhooks }),
    webhooks,
    rate: resendRateLimit === undefined ? undefined : new ResendRate(resendRateLimit, clock),
  };
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

/** Others may pass through the folder (PostgreSQL runs as another user when this process is root's) but not list it. */
function makeDataFolder(path: string): string {
  const dataDir = resolve(path);
  try {
    mkdirSync(dataDir, { recursive: true });
    chmodSync(dataDir, 0o711);
    return dataDir;
  } catch (error) {
    throw dataFolderUnusable(dataDir, error);
  }
}

/**
 * Removes what a killed process left that belongs to its run only. miniflare would wait 30 s for its lock to become stale; the
 * state file's lock, which is held here, is the one that counts.
 */
function clearLeftovers(dataDir: string): void {
  rmSync(join(dataDir, "run"), { recursive: true, force: true });
  mkdirSync(join(dataDir, "run"), { recursive: true });
  rmSync(join(dataDir, "storage", MINIFLARE_LOCK), { force: true });
}

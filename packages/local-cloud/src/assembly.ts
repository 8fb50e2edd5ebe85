import { join } from "node:path";
import { systemClock } from "./clock.ts";
import type { LocalCloudOptions } from "./cloud-options.ts";
import { API_PREFIX, type ControlPlaneParts } from "./control-plane.ts";
import { createDataPlane, type DataPlane } from "./data-plane.ts";
import type { EdgeSources } from "./dataplane/edge.ts";
import { edgeIndexPage } from "./edge-index-page.ts";
import { edgeSources } from "./edge-sources.ts";
import { createWiring, type Wiring } from "./faults/wiring.ts";
import { CLOUDFLARE_RATE_POLICY } from "./http/rate-limit.ts";
import type { Route } from "./http/routes.ts";
import { overviewOf, type Overview } from "./overview.ts";
import { observe, ownRoutes, type Observations } from "./own-routes.ts";
import { readRequestLog, RequestLog } from "./request-log.ts";
import { AccountsBackend } from "./services/accounts/backend.ts";
import { accountRoutes } from "./services/accounts/routes.ts";
import { tokenRoutes } from "./services/accounts/token-routes.ts";
import { analyticsRoutes } from "./services/analytics/all-routes.ts";
import { AnalyticsBackend, EXACT_METRICS } from "./services/analytics/backend.ts";
import { countingOperations } from "./services/analytics/bucket-operations.ts";
import { openAnalyticsDatabase } from "./services/analytics/database.ts";
import { AssetsBackend } from "./services/assets/backend.ts";
import { assetRoutes } from "./services/assets/routes.ts";
import { DomainsBackend } from "./services/domains/backend.ts";
import { domainRoutes } from "./services/domains/routes.ts";
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
import type { Management } from "./services/xata-management/backend.ts";
import { xataRoutes } from "./services/xata-management/routes.ts";
import type { XataService } from "./services/xata/backend.ts";
import { ZonesBackend } from "./services/zones/backend.ts";
import { zoneRoutes } from "./services/zones/routes.ts";
import { startPageRoutes } from "./start-page.ts";
import { openBlobs } from "./store/blobs.ts";
import { openState, type State } from "./store/state.ts";
import { createStoresAndEvents, type StoresAndEvents } from "./stores-and-events.ts";

/** The databases and what only this machine's processes reach stay here. */
export const HOST = "127.0.0.1";

/** The parts of a local cloud, made of its state but not started. */
export interface Parts {
  readonly accounts: AccountsBackend;
  readonly analytics: AnalyticsBackend;
  readonly tails: TailBackend;
  readonly events: StoresAndEvents;
  readonly dataPlane: DataPlane;
  readonly controlPlane: ControlPlaneParts;
  readonly edge: EdgeSources;
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

export function assemble(state: State, dataDir: string, options: LocalCloudOptions): Parts {
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
    log,
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
    ...analyticsRoutes({ analytics, buckets: events.buckets, accountId: accounts.accountId }),
  ];
  const overview = () => overviewOf({ store, domains, resend: resend.backend, edgePort: running.edgePort });
  const newestRequests: Parameters<typeof ownRoutes>[0]["requests"] = (query) => {
    requests.flush();
    return readRequestLog(logFolder, query);
  };
  const onUnknownRoute = (line: string) => {
    observe(observations.unknownRoutes, line);
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
    edge: edgeSources({
      domains,
      zones,
      store,
      dataPlane,
      observations,
      analytics,
      requests,
      indexPage: () => edgeIndexPage(overview(), running.edgePort),
      onRequest: options.onRequest,
      log,
    }),
  };
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

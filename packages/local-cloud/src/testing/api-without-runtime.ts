import { mkdtempSync, rmSync } from "node:fs";
import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createControlPlane } from "../control-plane.ts";
import type { Instance, Start } from "../dataplane/instance.ts";
import { CLOUDFLARE_RATE_POLICY } from "../http/rate-limit.ts";
import { closeServer, listen } from "../listen.ts";
import type { Ready } from "../ready-file.ts";
import { AccountsBackend } from "../services/accounts/backend.ts";
import { accountRoutes } from "../services/accounts/routes.ts";
import { tokenRoutes } from "../services/accounts/token-routes.ts";
import { AssetsBackend } from "../services/assets/backend.ts";
import { assetRoutes } from "../services/assets/routes.ts";
import { DomainsBackend } from "../services/domains/backend.ts";
import { domainRoutes } from "../services/domains/routes.ts";
import { SchedulesBackend } from "../services/schedules/backend.ts";
import { scheduleRoutes } from "../services/schedules/routes.ts";
import { tailRoutes } from "../services/tail/routes.ts";
import { TailBackend } from "../services/tail/backend.ts";
import { WorkersBackend } from "../services/workers/backend.ts";
import { workerRoutes } from "../services/workers/routes.ts";
import { WorkersStore } from "../services/workers/store.ts";
import { DurableObjectsBackend } from "../services/durable-objects/backend.ts";
import { ZonesBackend } from "../services/zones/backend.ts";
import { zoneRoutes } from "../services/zones/routes.ts";
import { openBlobs } from "../store/blobs.ts";
import { openState } from "../store/state.ts";

/** What each script takes to start. */
const STARTUP_CPU_MS = 7;

/** The API for Workers on a folder of its own, where every script starts at once and nothing runs. */
export interface ApiWithoutRuntime {
  /** As far as a client of the API needs it. */
  readonly ready: Ready;
  readonly folder: string;
  readonly log: readonly string[];
  /** What it keeps, for a history that would be long to make through the API. */
  readonly store: WorkersStore;
  stop(): Promise<void>;
}

export async function startApiWithoutRuntime(
  options: {
    /** How many requests each token may send per 5 minutes. Default: no limit. */
    readonly rateLimit?: number;
  } = {},
): Promise<ApiWithoutRuntime> {
  const folder = mkdtempSync(join(tmpdir(), "api-without-runtime-"));
  const data = join(folder, "data");
  const log: string[] = [];
  const state = openState(join(folder, "state.sqlite"));
  const blobs = openBlobs(join(data, "blobs"));
  const accounts = new AccountsBackend(state);
  const assets = new AssetsBackend(state, blobs);
  const domains = new DomainsBackend(state);
  const zones = new ZonesBackend(state);
  const tails = new TailBackend();
  const store = new WorkersStore(state, () => undefined);
  const workers = new WorkersBackend({
    store,
    blobs,
    assets,
    runtime: { start: started },
    objects: new DurableObjectsBackend(state),
    checkTargets: () => undefined,
    consumesQueue: () => false,
  });
  const remove = (worker: string, how: { readonly force: boolean }) => {
    workers.delete(worker, how);
    domains.dropWorker(worker);
    zones.dropWorker(worker);
  };
  const server: Server = createControlPlane({
    routes: [
      ...accountRoutes(accounts),
      ...workerRoutes({ workers, store, blobs, edgeHost: () => "localhost:1", remove }),
      ...assetRoutes(assets),
      ...domainRoutes(domains, workers),
      ...tailRoutes(tails, workers, () => "ws://127.0.0.1:1"),
      ...scheduleRoutes(workers, new SchedulesBackend(state)),
      ...zoneRoutes(zones, workers, accounts.accountId),
    ],
    ownRoutes: tokenRoutes(accounts),
    accounts,
    tails,
    ...(options.rateLimit !== undefined && {
      rateLimit: { ...CLOUDFLARE_RATE_POLICY, requests: options.rateLimit },
    }),
    onUnknownRoute: (line) => log.push(line),
    log: (line) => log.push(line),
  });
  const port = await listen(server, { host: "127.0.0.1", port: 0, flag: "--port" });
  return {
    ready: readyOf(accounts, (server.address() as AddressInfo | null)?.port ?? port, folder),
    folder,
    log,
    store,
    stop: async () => {
      await closeServer(server, 0);
      tails.stop();
      state.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function readyOf(accounts: AccountsBackend, port: number, dataDir: string): Ready {
  return {
    schema: 1,
    ready: true,
    pid: process.pid,
    apiBaseUrl: `http://127.0.0.1:${port}/client/v4`,
    edgeUrl: "http://127.0.0.1:1",
    edgeTlsUrl: "https://127.0.0.1:1",
    caFile: "",
    accountId: accounts.accountId,
    apiToken: accounts.apiToken,
    databases: {},
    inboxUrl: `http://127.0.0.1:${port}/inbox`,
    dataDir,
  };
}

async function started(): Promise<Start> {
  const instance: Instance = {
    portFor: () => 0,
    handlers: ["fetch"],
    namedHandlers: [],
    events: {
      scheduled: () => Promise.reject(new Error("nothing runs here")),
      queue: () => Promise.reject(new Error("nothing runs here")),
    },
    startupCpuMs: STARTUP_CPU_MS,
    assetEtags: new Map(),
    usage: () => undefined,
    cpuMs: () => undefined,
    giveWay: () => undefined,
    stop: () => Promise.resolve(),
    kill: () => Promise.resolve(),
  };
  return { outcome: "started", instance };
}

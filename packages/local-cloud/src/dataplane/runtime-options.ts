import { join } from "node:path";
import { Log, LogLevel, type MiniflareOptions, type WorkerOptions } from "miniflare";
import type { Blobs } from "../store/blobs.ts";
import type { VersionDocument } from "../services/workers/model.ts";
import { runtimeEnvironment, WORKER } from "./bindings.ts";
import {
  ENTRY_MODULE,
  entryModule,
  INSPECTOR_EXPORT,
  DIRECT_EXPORT,
  OUTBOUND_MODULE,
  TAIL_MODULE,
} from "./modules.ts";

type Environment = NonNullable<WorkerOptions["config"]["env"]>;
type FetcherHandler = Extract<Environment[string], { type: "fetcher" }>["handler"];

const RUNTIME_COMPATIBILITY_DATE = "2026-10-01";
/** What Cloudflare takes when an upload names no date. @see https://developers.cloudflare.com/workers/configuration/compatibility-dates/ */
const OLDEST_COMPATIBILITY_DATE = "2021-11-02";

export interface Folders {
  /** Storage that all versions share, such as R2 buckets. */
  readonly storage: string;
  /** What belongs to this run only: registry, assets of running versions. */
  readonly run: string;
}

const QUIET = { cf: false, log: new Log(LogLevel.NONE), logRequests: false } as const;

/** For a version. Taking part in the shared storage doubles the time of a start, so only one that binds some does. */
export function versionOptions(
  version: VersionDocument,
  folders: Folders,
): Omit<MiniflareOptions, "workers"> {
  const isStored = Object.values(runtimeEnvironment(version)).some(({ type }) => STORED.has(type));
  return isStored ? storageOptions(folders) : QUIET;
}

const STORED: ReadonlySet<string> = new Set(["r2", "kv", "d1", "durable-object"]);

export function storageOptions(folders: Folders): Omit<MiniflareOptions, "workers"> {
  return {
    ...QUIET,
    unsafeEnableSharedStorage: true,
    resourcePersistencePath: folders.storage,
    isolatedResourcePersistencePath: join(folders.run, "isolated"),
    unsafeDevRegistryPath: join(folders.run, "registry"),
  };
}

export function userWorker(
  version: VersionDocument,
  blobs: Blobs,
  assetsFolder: string | undefined,
): WorkerOptions {
  return {
    config: {
      name: WORKER,
      compatibilityDate: version.compatibilityDate ?? OLDEST_COMPATIBILITY_DATE,
      compatibilityFlags: [...version.compatibilityFlags],
      env: runtimeEnvironment(version),
      exports: objectClasses(version),
      tailConsumers: [{ worker: "tail" }],
      ...(version.mainModule === undefined ? {} : { manifest: manifest(version, version.mainModule, blobs) }),
      ...(assetsFolder === undefined ? {} : { assets: assets(version, assetsFolder) }),
    },
    dev: {
      unsafeRegisterWorker: false,
      unsafeDirectSockets: directSockets(version),
      outboundService: { type: "worker", worker: "outbound" },
    },
  };
}

type Exports = NonNullable<WorkerOptions["config"]["exports"]>;

function objectClasses({ durableObjects = [] }: VersionDocument): Exports {
  return Object.fromEntries(
    durableObjects.map(({ className, namespaceId, storage }) => [
      className,
      { type: "durable-object" as const, storage, unsafeUniqueKey: namespaceId },
    ]),
  );
}

export function tailWorker(sink: FetcherHandler): WorkerOptions {
  return helperWorker("tail", TAIL_MODULE, { SINK: { type: "fetcher", handler: sink } });
}

export function outboundWorker(network: FetcherHandler): WorkerOptions {
  return helperWorker("outbound", OUTBOUND_MODULE, { NETWORK: { type: "fetcher", handler: network } });
}

export function helperWorker(name: string, source: string, env: Environment = {}): WorkerOptions {
  const modules = { "index.mjs": { type: "esm" as const, contents: source } };
  return {
    config: {
      name,
      compatibilityDate: RUNTIME_COMPATIBILITY_DATE,
      env,
      manifest: { mainModule: "index.mjs", modulesRoot: "/", modules },
    },
    dev: { unsafeRegisterWorker: false },
  };
}

type UnsafeDirectSockets = NonNullable<NonNullable<WorkerOptions["dev"]>["unsafeDirectSockets"]>;

/** Proxy style on the first: its request line carries the whole URL, so the Worker sees the scheme that the client used. */
function directSockets(version: VersionDocument): UnsafeDirectSockets {
  const requests = { host: "127.0.0.1", port: 0, proxy: true };
  const direct = { ...requests, entrypoint: DIRECT_EXPORT };
  const inspector = { host: "127.0.0.1", port: 0, entrypoint: INSPECTOR_EXPORT };
  return version.mainModule === undefined ? [requests] : [requests, direct, inspector];
}

type Manifest = NonNullable<WorkerOptions["config"]["manifest"]>;

function manifest(version: VersionDocument, mainModule: string, blobs: Blobs): Manifest {
  const own = version.modules.flatMap(({ name, type, blob }) =>
    type === "sourcemap" ? [] : [[name, { type, contents: blobs.read(blob) }] as const],
  );
  return {
    mainModule: ENTRY_MODULE,
    modulesRoot: "/",
    modules: {
      ...Object.fromEntries(own),
      [ENTRY_MODULE]: { type: "esm", contents: entryModule(mainModule) },
    },
  };
}

type Assets = NonNullable<WorkerOptions["config"]["assets"]>;

function assets(version: VersionDocument, directory: string): Assets {
  const config = version.assets?.config ?? {};
  return {
    directory,
    hasUserWorker: version.mainModule !== undefined,
    ...(config.html_handling === undefined ? {} : { htmlHandling: config.html_handling }),
    ...(config.not_found_handling === undefined ? {} : { notFoundHandling: config.not_found_handling }),
    ...(config.run_worker_first === undefined ? {} : { runWorkerFirst: config.run_worker_first }),
  };
}

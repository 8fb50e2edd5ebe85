import { randomUUID } from "node:crypto";
import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import {
  Response as RuntimeResponse,
  type Miniflare,
  type MiniflareOptions,
  type Request as RuntimeRequest,
} from "miniflare";
import * as z from "zod";
import { childGuard, PID_FILE } from "../process/children.ts";
import { giveWay } from "../process/priority.ts";
import { cpuMsOf, usageOf, type Usage } from "../process/usage.ts";
import type { VersionDocument } from "../services/workers/model.ts";
import type { Blobs } from "../store/blobs.ts";
import { layOutAssets, type AssetEtags } from "./assets-folder.ts";
import { mayBeAsset } from "./asset-paths.ts";
import { WORKER } from "./bindings.ts";
import {
  EVENTS_WORKER,
  eventsAt,
  eventsWorker,
  queueWorkers,
  type SendToQueue,
  type WorkerEvents,
} from "./events.ts";
import { START_LIMIT_MS, startRuntime } from "./runtime.ts";
import { watchStartup } from "./startup.ts";
import { DIRECT_EXPORT, INSPECTOR_EXPORT } from "./modules.ts";
import {
  helperWorker,
  outboundWorker,
  storageOptions,
  tailWorker,
  userWorker,
  versionOptions,
  type Folders,
} from "./runtime-options.ts";

/** What a version needs around it to run. */
export interface Surroundings {
  readonly folders: Folders;
  readonly blobs: Blobs;
  readonly assetFile: (worker: string, hash: string) => string;
  readonly onTrace: (version: VersionDocument, events: readonly unknown[]) => void;
  /** Answers a Worker's request to a host that isn't this machine. */
  readonly network: (request: RuntimeRequest) => Promise<RuntimeResponse>;
  /** CPU time that a process takes to start before any code of a Worker runs. */
  readonly baselineCpuMs: () => number;
  /** Answers what a Worker sends to a queue's binding. */
  readonly send: SendToQueue;
  /** Whether Durable Objects get storage of their own, as for a version that doesn't serve yet. */
  readonly isApart?: boolean;
  readonly log: (line: string) => void;
}

/** A version that runs in a workerd process of its own. */
export interface Instance {
  /** Where a request for this path is answered; `path` may have a query. */
  portFor(path: string): number;
  readonly handlers: readonly string[];
  readonly namedHandlers: readonly { readonly name: string; readonly handlers: readonly string[] }[];
  readonly events: WorkerEvents;
  /** CPU time until it was ready, without what every process needs. */
  readonly startupCpuMs: number;
  readonly assetEtags: AssetEtags;
  /** Undefined once the process is gone. */
  usage(): Usage | undefined;
  cpuMs(): number | undefined;
  /** Lets others have the CPU first, or no longer. */
  giveWay(isToGiveWay: boolean): void;
  stop(): Promise<void>;
  /** Ends the process at once, with all that it is doing. */
  kill(): Promise<void>;
}

/** `refused`: the Worker's own code does not start; `message` is the runtime's text. */
export type Start =
  | { readonly outcome: "started"; readonly instance: Instance }
  | { readonly outcome: "refused"; readonly message: string };

const inspectionSchema = z.object({
  handlers: z.array(z.string()),
  namedHandlers: z.array(z.object({ name: z.string(), handlers: z.array(z.string()) })),
});

/** Starts a version. @throws what the runtime throws when the fault isn't the Worker's. */
export async function startInstance(version: VersionDocument, around: Surroundings): Promise<Start> {
  const { assetsFolder, assetEtags } = await assetsOf(version, around);
  const complaints: string[] = [];
  let pidFile = "";
  const options = () => {
    pidFile = childGuard().pidFile();
    return runtimeOptions(version, around, { pidFile, assetsFolder, complaints });
  };
  const startup = watchStartup(() => pidIn(pidFile), around.baselineCpuMs());
  let stop = async () => removeAssets(assetsFolder);
  try {
    const runtime = await startRuntime(around.folders, options, { log: around.log });
    stop = () => runtime.stop().finally(() => removeAssets(assetsFolder));
    const { pid, cpuMs: startupCpuMs } = startup.end();
    const own = await ownParts(runtime.miniflare, version);
    const kill = () => {
      halt(pid);
      return stop();
    };
    return {
      outcome: "started",
      instance: { ...own, ...measures(pid), startupCpuMs, assetEtags, stop, kill },
    };
  } catch (error) {
    const fault = startup.fault();
    startup.cancel();
    await stop();
    const message = fault ?? complaints.map(complaintAboutCode).find((text) => text !== undefined);
    if (message === undefined) throw error;
    return { outcome: "refused", message };
  }
}

/** A process that complains without end must not fill this one's memory. */
const MAX_COMPLAINTS = 1000;

function runtimeOptions(
  version: VersionDocument,
  around: Surroundings,
  own: {
    readonly pidFile: string;
    readonly assetsFolder: string | undefined;
    /** Takes what the process complains of. */
    readonly complaints: string[];
  },
): MiniflareOptions {
  return {
    ...versionOptions(version, around.folders),
    ...objectStorage(version, around),
    unsafeRuntimeEnv: { [PID_FILE]: own.pidFile },
    handleStructuredLogs: ({ level, message }) => {
      if (level === "error" && own.complaints.length < MAX_COMPLAINTS) own.complaints.push(message);
    },
    workers: [
      userWorker(version, around.blobs, own.assetsFolder),
      tailWorker(async (request) => {
        around.onTrace(version, ownEvents(await request.json()));
        return new RuntimeResponse(null, { status: 204 });
      }),
      outboundWorker(around.network),
      eventsWorker(),
      ...queueWorkers(version, around.send),
    ],
  };
}

/** What the version has and where it is asked. */
async function ownParts(
  miniflare: Miniflare,
  version: VersionDocument,
): Promise<Pick<Instance, "portFor" | "events" | "handlers" | "namedHandlers">> {
  const portFor = await ports(miniflare, version);
  const inspection = await inspect(miniflare, version);
  const events = eventsAt(await miniflare.unsafeGetDirectURL(EVENTS_WORKER));
  return { ...inspection, portFor, events };
}

function measures(pid: number): Pick<Instance, "usage" | "cpuMs" | "giveWay"> {
  return {
    usage: () => usageOf(pid),
    cpuMs: () => cpuMsOf(pid),
    giveWay: (isToGiveWay) => giveWay(pid, isToGiveWay),
  };
}

/** Starts the process that owns the shared storage. Without an owner, concurrent writers lock each other out. */
export async function startStorageOwner({
  folders,
  log,
}: Pick<Surroundings, "folders" | "log">): Promise<Pick<Instance, "startupCpuMs" | "stop">> {
  const source = "export default { fetch() { return new Response(null, { status: 404 }); } };";
  let pidFile = "";
  const options = () => {
    pidFile = childGuard().pidFile();
    return {
      ...storageOptions(folders),
      unsafeRuntimeEnv: { [PID_FILE]: pidFile },
      workers: [helperWorker("storage-owner", source)],
    };
  };
  const startup = watchStartup(() => pidIn(pidFile), 0);
  try {
    const runtime = await startRuntime(folders, options, { log });
    return { startupCpuMs: startup.end().cpuMs, stop: () => runtime.stop() };
  } finally {
    startup.cancel();
  }
}

function pidIn(file: string): number | undefined {
  try {
    const text = readFileSync(file, "utf8");
    return text.endsWith("\n") ? Number(text) : undefined;
  } catch {
    return undefined;
  }
}

/** A process that dies before its end is wanted is started again, and its end may have to wait for another's start. */
function halt(pid: number): void {
  try {
    process.kill(pid, "SIGSTOP");
  } catch {
    // It is gone already.
  }
}

/** Where the objects of a Worker's classes are kept: versions of it that follow each other find them there. */
function objectStorage(
  { id, worker, durableObjects = [] }: VersionDocument,
  { folders, isApart = false }: Surroundings,
): { isolatedResourcePersistencePath?: string } {
  if (durableObjects.length === 0) return {};
  const path = isApart ? join(folders.run, "apart", id) : join(folders.storage, "durable-objects", worker);
  return { isolatedResourcePersistencePath: path };
}

/** In a folder of this start's own: the same version may start again before its process of before has ended. */
async function assetsOf(
  version: VersionDocument,
  around: Surroundings,
): Promise<{ assetsFolder: string | undefined; assetEtags: AssetEtags }> {
  if (version.assets === undefined) return { assetsFolder: undefined, assetEtags: new Map() };
  const assetsFolder = join(around.folders.run, "assets", randomUUID());
  const blobOf = (hash: string) => around.assetFile(version.worker, hash);
  try {
    return { assetsFolder, assetEtags: await layOutAssets(assetsFolder, version.assets, blobOf) };
  } catch (error) {
    removeAssets(assetsFolder);
    throw error;
  }
}

/**
 * Past the assets where none can answer. The runtime's emulation of them takes longer than a small answer itself, on every
 * request.
 */
async function ports(miniflare: Miniflare, version: VersionDocument): Promise<Instance["portFor"]> {
  const portOf = async (entrypoint?: string) =>
    Number((await miniflare.unsafeGetDirectURL(WORKER, entrypoint)).port);
  const port = await portOf();
  if (version.mainModule === undefined || version.assets === undefined) return () => port;
  const direct = await portOf(DIRECT_EXPORT);
  const isForAssets = mayBeAsset(version.assets);
  return (path) => (isForAssets(path) ? port : direct);
}

/** Trace events of the Worker itself, without those of its inspection. */
function ownEvents(batch: unknown): readonly unknown[] {
  const events = z.array(z.looseObject({ entrypoint: z.string().optional() })).parse(batch);
  return events
    .filter(({ entrypoint }) => entrypoint !== INSPECTOR_EXPORT)
    .map(({ entrypoint, ...event }) =>
      entrypoint === undefined || entrypoint === DIRECT_EXPORT ? event : { ...event, entrypoint },
    );
}

async function inspect(
  miniflare: Miniflare,
  version: VersionDocument,
): Promise<z.infer<typeof inspectionSchema>> {
  if (version.mainModule === undefined) return { handlers: [], namedHandlers: [] };
  const url = await miniflare.unsafeGetDirectURL(WORKER, INSPECTOR_EXPORT);
  const response = await fetch(url, { signal: AbortSignal.timeout(START_LIMIT_MS) });
  return inspectionSchema.parse(await response.json());
}

/** What can't be removed goes with the run's folder at the next start. */
function removeAssets(folder: string | undefined): void {
  try {
    if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
  } catch {
    // It is in nobody's way.
  }
}

/** The runtime's text without its prefix, when it is about the Worker's code. */
function complaintAboutCode(message: string): string | undefined {
  const text = /^service core:user:worker: (?<text>[\s\S]+)$/u.exec(message)?.groups?.["text"];
  return text?.replaceAll("file:///", "").trim();
}

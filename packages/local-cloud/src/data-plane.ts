import { Response, type Request } from "miniflare";
import process from "node:process";
import type { Clock } from "./clock.ts";
import {
  startInstance,
  startStorageOwner,
  type Instance,
  type Start,
  type Surroundings,
} from "./dataplane/instance.ts";
import { V8_FLAGS } from "./dataplane/limits.ts";
import { createNetwork } from "./dataplane/network.ts";
import { Propagation } from "./dataplane/propagation.ts";
import { Pool, type Lease } from "./dataplane/pool.ts";
import type { Folders } from "./dataplane/runtime-options.ts";
import { hasObjects, SingleVersions } from "./dataplane/single-version.ts";
import { chooseVersion, servingVersions, type Candidate } from "./dataplane/traffic.ts";
import { observe, type Observations } from "./own-routes.ts";
import type { AnalyticsBackend } from "./services/analytics/backend.ts";
import type { AssetsBackend } from "./services/assets/backend.ts";
import { answerProducer, type Send } from "./services/queues/producer.ts";
import { answerResend, RESEND_HOST, type ResendParts } from "./services/resend/server.ts";
import type { TailBackend } from "./services/tail/backend.ts";
import { traceEventSchema } from "./services/tail/trace-event.ts";
import type { VersionRuntime } from "./services/workers/version-maker.ts";
import type { VersionDocument } from "./services/workers/model.ts";
import type { WorkersStore } from "./services/workers/store.ts";
import type { Blobs } from "./store/blobs.ts";

/** What runs Workers: a process per active version, and one that owns their shared storage. */
export interface DataPlane {
  readonly runtime: VersionRuntime;
  start(): Promise<void>;
  stop(): Promise<void>;
  /** Takes note of changed deployments. */
  refresh(): void;
  candidates(worker: string): readonly Candidate[] | undefined;
  lease(version: VersionDocument): Promise<Lease>;
  /** The version that an event of a Worker goes to, drawn by the split as for a request; undefined without a deployment. */
  eventTarget(worker: string): Promise<EventTarget | undefined>;
  /** The version for a preview host's prefix: the first 8 hex digits of an id, or an alias (the newest one's). */
  previewedVersion(worker: string, prefix: string): string | undefined;
}

/** A version held for one event: `lease` is released when its handler has ended. */
export interface EventTarget {
  readonly version: VersionDocument;
  readonly lease: Lease;
}

export interface DataPlaneParts {
  readonly folders: Folders;
  readonly blobs: Blobs;
  readonly assets: AssetsBackend;
  readonly store: WorkersStore;
  readonly resend: ResendParts;
  readonly tails: TailBackend;
  readonly analytics: AnalyticsBackend;
  readonly observations: Observations;
  /** Takes what Workers send to queues. */
  readonly send: Send;
  /** Puts faults in front of what Workers ask of other hosts. */
  readonly outbound: (answer: Surroundings["network"]) => Surroundings["network"];
  readonly clock: Clock;
  /** How long a deployment takes until every request meets it. */
  readonly propagationDelayMs: number;
  readonly log: (line: string) => void;
}

export function createDataPlane(parts: DataPlaneParts): DataPlane {
  const { store, clock, log } = parts;
  const surroundings = { ...surroundingsOf(parts), baselineCpuMs: () => owner?.startupCpuMs ?? 0 };
  const pool = new Pool((version) => startInstance(version, surroundings), { log });
  const single = new SingleVersions({
    pool,
    version: (id) => store.version(id),
    current: (worker) => store.version(store.newestDeployment(worker)?.versions.at(0)?.versionId ?? ""),
    startApart: (version) => startInstance(version, { ...surroundings, isApart: true }),
  });
  let owner: Pick<Instance, "startupCpuMs" | "stop"> | undefined;

  const propagation = new Propagation({
    delayMs: parts.propagationDelayMs,
    clock,
    onSettled: () => refresh(),
  });

  function refresh({ atStart = false } = {}): void {
    propagation.learn(store.newestDeployments(), { atStart });
    pool.setServing(servingVersions(propagation.current()));
  }

  function lease(version: VersionDocument): Promise<Lease> {
    return hasObjects(version) ? single.lease(version) : pool.lease(version);
  }

  function start(version: VersionDocument): Promise<Start> {
    return hasObjects(version) ? single.start(version) : pool.start(version);
  }

  function candidates(worker: string): readonly Candidate[] | undefined {
    const deployment = store.isStale()
      ? store.newestDeployment(worker)
      : propagation.seen(worker, Math.random());
    return deployment?.versions.map((share) => {
      return { ...share, number: store.version(share.versionId)?.number ?? 0 };
    });
  }

  async function eventTarget(worker: string): Promise<EventTarget | undefined> {
    const draw = { key: undefined, overrides: undefined, draw: Math.random() };
    const chosen = chooseVersion(worker, candidates(worker) ?? [], draw);
    const version = chosen === undefined ? undefined : store.version(chosen);
    return version && { version, lease: await lease(version) };
  }

  /** Versions that served when the local cloud last stopped are started ahead of their first request. */
  function warmUp(): void {
    for (const id of servingVersions(store.newestDeployments())) {
      const version = store.version(id);
      if (version)
        lease(version).then(
          (held) => held.release(),
          (error: unknown) => log(`${version.worker} ${id}: ${String(error)}`),
        );
    }
  }

  return {
    refresh: () => refresh(),
    candidates,
    lease,
    eventTarget,
    previewedVersion: (worker, prefix) => previewedVersion(store, worker, prefix),
    runtime: { start },
    start: async () => {
      // Miniflare has no option for it.
      process.env["MINIFLARE_WORKERD_V8_FLAGS"] = V8_FLAGS;
      owner = await startStorageOwner(surroundings);
      refresh({ atStart: true });
      warmUp();
    },
    stop: async () => {
      await pool.stop();
      await owner?.stop();
    },
  };
}

function surroundingsOf({
  folders,
  blobs,
  assets,
  resend,
  tails,
  analytics,
  observations,
  send,
  outbound,
  log,
}: DataPlaneParts): Omit<Surroundings, "baselineCpuMs"> {
  const standIns = [
    {
      host: RESEND_HOST,
      answer: async (request: Request) => {
        const { method, headers, url } = request;
        const asked = { method, headers, path: new URL(url).pathname, body: await request.text() };
        const { body, ...init } = answerResend(resend, asked);
        return new Response(body, init);
      },
    },
  ];
  return {
    folders,
    blobs,
    assetFile: (worker, hash) => assets.file(worker, hash),
    onTrace: (version, events) => {
      const traces = analytics.traced(version, traceEventSchema.array().parse(events));
      tails.publish(version, traces);
    },
    network: outbound(
      createNetwork(standIns, ({ method, host }) => {
        observe(observations.blockedRequests, `${method} ${host}`);
        log(`BLOCKED: a Worker asked for ${host}, which has no stand-in here`);
      }),
    ),
    send: ({ queue_name: queue, delivery_delay: delaySeconds }, request) =>
      answerProducer(send, { queue, delaySeconds }, request),
    log,
  };
}

function previewedVersion(store: WorkersStore, worker: string, prefix: string): string | undefined {
  const byId = /^[0-9a-f]{8}$/u.test(prefix) ? store.versionOfPrefix(worker, prefix) : undefined;
  const id = byId ?? store.aliasedVersion(worker, prefix);
  const version = id === undefined ? undefined : store.version(id);
  // @see https://developers.cloudflare.com/workers/configuration/previews/#limitations
  return version === undefined || hasObjects(version) ? undefined : id;
}

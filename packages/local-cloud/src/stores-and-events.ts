import type { Clock } from "./clock.ts";
import type { DataPlane } from "./data-plane.ts";
import type { Folders } from "./dataplane/runtime-options.ts";
import { Stores } from "./dataplane/stores/stores.ts";
import type { Route } from "./http/routes.ts";
import { D1Backend } from "./services/d1/backend.ts";
import { Imports } from "./services/d1/imports.ts";
import { d1Routes, importUploadRoute } from "./services/d1/routes.ts";
import { DurableObjectsBackend } from "./services/durable-objects/backend.ts";
import { durableObjectRoutes } from "./services/durable-objects/routes.ts";
import { KvBackend } from "./services/kv/backend.ts";
import { kvRoutes } from "./services/kv/routes.ts";
import { QueuesBackend } from "./services/queues/backend.ts";
import { Broker } from "./services/queues/broker.ts";
import { QueueMessages } from "./services/queues/messages.ts";
import type { Send } from "./services/queues/producer.ts";
import { queueRoutes } from "./services/queues/routes.ts";
import { BucketsBackend } from "./services/r2/backend.ts";
import { SchedulesBackend } from "./services/schedules/backend.ts";
import { scheduledDelivery, type Deliver } from "./services/schedules/delivery.ts";
import { fireRoute, scheduleRoutes } from "./services/schedules/routes.ts";
import { startScheduler } from "./services/schedules/scheduler.ts";
import type { WorkersBackend } from "./services/workers/backend.ts";
import { checkTargets } from "./services/workers/binding-targets.ts";
import type { Binding } from "./services/workers/bindings.ts";
import type { WorkersStore } from "./services/workers/store.ts";
import type { State } from "./store/state.ts";

/** What Workers keep data in, and what calls them besides requests: R2, KV, D1, queues and cron triggers. */
export interface StoresAndEvents {
  readonly buckets: BucketsBackend;
  readonly schedules: SchedulesBackend;
  readonly objects: DurableObjectsBackend;
  readonly queues: QueuesBackend;
  readonly send: Send;
  /** Refuses a binding to something that isn't there. */
  readonly checkTargets: (bindings: readonly Binding[]) => void;
  /** Without those of buckets, whose operations are counted. */
  routes(workers: WorkersBackend, store: WorkersStore): readonly Route[];
  ownRoutes(workers: WorkersBackend): readonly Route[];
  /** Begins to deliver what is due; returns what ends it. */
  start(): () => void;
  stop(): Promise<void>;
}

export interface StoresAndEventsParts {
  readonly state: State;
  readonly folders: Folders;
  readonly clock: Clock;
  readonly targetOf: DataPlane["eventTarget"];
  /** Where the API listens, such as `http://127.0.0.1:8700`. */
  readonly apiOrigin: () => string;
  readonly log: (line: string) => void;
}

export function createStoresAndEvents(parts: StoresAndEventsParts): StoresAndEvents {
  const { state, folders, clock, targetOf, apiOrigin, log } = parts;
  const stores = new Stores(folders, log);
  const buckets = new BucketsBackend(state, stores);
  const kv = new KvBackend(state, stores);
  const d1 = new D1Backend(state, stores);
  const imports = new Imports(d1);
  const queues = new QueuesBackend(state);
  const messages = new QueueMessages(state);
  const broker = new Broker({ queues, messages, clock, targetOf, log });
  const schedules = new SchedulesBackend(state);
  const objects = new DurableObjectsBackend(state);
  const deliver = scheduledDelivery(targetOf, log);
  return {
    buckets,
    schedules,
    objects,
    queues,
    send: (queue, sent, delaySeconds) => broker.send(queue, sent, delaySeconds),
    checkTargets: (bindings) => checkTargets({ buckets, kv, d1, queues }, bindings),
    routes: (workers, store) => [
      ...scheduleRoutes(workers, schedules),
      ...kvRoutes(kv),
      ...durableObjectRoutes(objects),
      ...d1Routes(d1, imports, apiOrigin),
      ...queueRoutes({
        queues,
        messages,
        broker,
        producersOf: (queue) => producersOf(store, queue),
        lacksHandler: (worker) => lacksHandler(store, worker),
      }),
    ],
    ownRoutes: (workers) => [fireRoute(workers, schedules, deliver), importUploadRoute(imports)],
    start: () => {
      const scheduler = scheduled({ schedules, deliver, clock, log });
      broker.start();
      return () => {
        scheduler.stop();
        broker.stop();
      };
    },
    stop: () => stores.stop(),
  };
}

function scheduled({
  schedules,
  deliver,
  clock,
  log,
}: {
  readonly schedules: SchedulesBackend;
  readonly deliver: Deliver;
  readonly clock: Clock;
  readonly log: (line: string) => void;
}): { stop(): void } {
  return startScheduler({
    clock,
    triggers: () => schedules.all(),
    fire: (run) =>
      void deliver(run).catch((error: unknown) => log(`cron: ${run.worker} "${run.cron}": ${String(error)}`)),
  });
}

/** The Workers of which a version that serves sends to the queue. */
function producersOf(store: WorkersStore, queue: string): readonly string[] {
  const serving = store
    .newestDeployments()
    .flatMap(({ versions }) => versions.map(({ versionId }) => versionId));
  const senders = serving.flatMap((id) => {
    const version = store.version(id);
    const sends = version?.bindings.some(
      (binding) => binding.type === "queue" && binding.queue_name === queue,
    );
    return version !== undefined && sends === true ? [version.worker] : [];
  });
  return [...new Set(senders)].sort();
}

/** Whether versions of the Worker serve, and none of them takes messages. */
function lacksHandler(store: WorkersStore, worker: string): boolean {
  const serving = store.newestDeployment(worker)?.versions ?? [];
  return (
    serving.length > 0 &&
    serving.every(({ versionId }) => store.version(versionId)?.handlers.includes("queue") !== true)
  );
}

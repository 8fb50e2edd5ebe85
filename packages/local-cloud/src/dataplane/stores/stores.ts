import { createMiniflare } from "../miniflare.ts";
import { helperWorker, storageOptions, type Folders } from "../runtime-options.ts";
import { STORES_MODULE } from "./modules.ts";

/** Something that keeps data: an R2 bucket, a KV namespace or a D1 database, by the id that bindings use for it. */
export interface Store {
  readonly kind: "r2" | "kv" | "d1";
  readonly id: string;
}

interface Running {
  readonly numbers: ReadonlyMap<string, number>;
  readonly origin: Promise<string>;
  readonly stop: () => Promise<void>;
  requests: number;
  /** Set when a newer process takes the requests; this one ends with its last answer. */
  retired: boolean;
}

/**
 * Stored data as the control plane reads and writes it: through the bindings' own API, in a process that starts on first
 * use, and anew when there are stores that it doesn't know.
 */
export class Stores {
  readonly #folders: Folders;
  readonly #known = new Map<string, Store>();
  #running: Running | undefined;

  constructor(folders: Folders) {
    this.#folders = folders;
  }

  /** Tells of stores ahead of their first use, so that one process serves all of them. */
  announce(stores: readonly Store[]): void {
    for (const store of stores) this.#known.set(nameOf(store), store);
  }

  /** One request to a store; `path` and its meaning are the kind's own. */
  async fetch(store: Store, path: string, init: RequestInit): Promise<Response> {
    const running = this.#runningFor(store);
    running.requests += 1;
    try {
      const number = running.numbers.get(nameOf(store)) ?? -1;
      const response = await fetch(`${await running.origin}/${store.kind}/${number}/${path}`, init);
      return held(response, () => this.#finished(running));
    } catch (error) {
      this.#finished(running);
      throw error;
    }
  }

  async stop(): Promise<void> {
    const running = this.#running;
    this.#running = undefined;
    await running?.stop();
  }

  #runningFor(store: Store): Running {
    this.announce([store]);
    if (this.#running?.numbers.has(nameOf(store)) === true) return this.#running;
    const previous = this.#running;
    this.#running = start([...this.#known.values()], this.#folders);
    if (previous) {
      previous.retired = true;
      if (previous.requests === 0) void previous.stop();
    }
    return this.#running;
  }

  #finished(running: Running): void {
    running.requests -= 1;
    if (running.retired && running.requests === 0) void running.stop();
  }
}

/** The response, with `onEnd` called once its body has been read or dropped. */
function held(response: Response, onEnd: () => void): Response {
  if (response.body === null) {
    onEnd();
    return response;
  }
  const reader = response.body.getReader();
  const body = new ReadableStream<Uint8Array>({
    pull: async (controller) => {
      try {
        const { done, value } = await reader.read();
        if (!done) return controller.enqueue(value);
        onEnd();
        controller.close();
      } catch (error) {
        onEnd();
        controller.error(error);
      }
    },
    cancel: async (reason) => {
      onEnd();
      await reader.cancel(reason);
    },
  });
  return new Response(body, response);
}

function nameOf({ kind, id }: Store): string {
  return `${kind}/${id}`;
}

function start(stores: readonly Store[], folders: Folders): Running {
  const env = Object.fromEntries(stores.map((store, index) => [`STORE_${index}`, bindingOf(store)]));
  const worker = helperWorker("stores", STORES_MODULE, env);
  const dev = { ...worker.dev, unsafeDirectSockets: [{ host: "127.0.0.1", port: 0 }] };
  const miniflare = createMiniflare(folders, { ...storageOptions(folders), workers: [{ ...worker, dev }] });
  const origin = miniflare.ready.then(() => miniflare.unsafeGetDirectURL("stores")).then((url) => url.origin);
  return {
    numbers: new Map(stores.map((store, index) => [nameOf(store), index])),
    origin,
    stop: () => miniflare.dispose(),
    requests: 0,
    retired: false,
  };
}

function bindingOf({ kind, id }: Store): { type: "r2"; name: string } | { type: "kv" | "d1"; id: string } {
  return kind === "r2" ? { type: "r2", name: id } : { type: kind, id };
}

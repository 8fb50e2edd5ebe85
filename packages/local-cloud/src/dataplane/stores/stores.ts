import type { MiniflareOptions } from "miniflare";
import { LateError } from "../../within.ts";
import { startRuntime } from "../runtime.ts";
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
  /** Idempotent. */
  readonly stop: () => Promise<void>;
  requests: number;
  /** Set when a newer process takes the requests; this one ends with its last answer. */
  retired: boolean;
}

/** Until the answer begins: some clear a whole store. */
const ANSWER_LIMIT_MS = 120_000;

/**
 * Stored data as the control plane reads and writes it: through the bindings' own API, in a process that starts on first
 * use, and anew when there are stores that it doesn't know.
 */
export class Stores {
  readonly #folders: Folders;
  readonly #log: (line: string) => void;
  readonly #start: typeof startRuntime;
  readonly #known = new Map<string, Store>();
  /** Those that have not ended; the newest takes the requests. */
  readonly #all = new Set<Running>();
  #running: Running | undefined;
  #stopped = false;

  constructor(folders: Folders, log: (line: string) => void, start = startRuntime) {
    this.#folders = folders;
    this.#log = log;
    this.#start = start;
  }

  /** Tells of stores ahead of their first use, so that one process serves all of them. */
  announce(stores: readonly Store[]): void {
    for (const store of stores) this.#known.set(nameOf(store), store);
  }

  /** The next process need not know a store that is deleted. */
  forget(store: Store): void {
    this.#known.delete(nameOf(store));
  }

  /** One request to a store; `path` and its meaning are the kind's own. */
  async fetch(store: Store, path: string, init: RequestInit): Promise<Response> {
    const running = this.#runningFor(store);
    running.requests += 1;
    try {
      const number = running.numbers.get(nameOf(store)) ?? -1;
      const response = await answered(`${await running.origin}/${store.kind}/${number}/${path}`, init);
      return held(response, () => this.#finished(running));
    } catch (error) {
      this.#finished(running);
      throw error;
    }
  }

  /** Ends all that was started; no request starts another. */
  async stop(): Promise<void> {
    this.#stopped = true;
    await Promise.all([...this.#all].map((running) => this.#end(running)));
  }

  #runningFor(store: Store): Running {
    if (this.#stopped) throw new Error("the local cloud is stopping");
    this.announce([store]);
    if (this.#running?.numbers.has(nameOf(store)) === true) return this.#running;
    const previous = this.#running;
    const running = this.#begin();
    this.#running = running;
    void running.origin
      .catch(() => {
        if (this.#running === running) this.#running = undefined;
        return this.#end(running);
      })
      .finally(() => previous && this.#retire(previous));
    return running;
  }

  #begin(): Running {
    const stores = [...this.#known.values()];
    const options = () => optionsFor(stores, this.#folders);
    const started = this.#start(this.#folders, options, { log: this.#log });
    const running: Running = {
      numbers: new Map(stores.map((store, index) => [nameOf(store), index])),
      origin: started.then(async ({ miniflare }) => (await miniflare.unsafeGetDirectURL("stores")).origin),
      stop: () =>
        started.then(
          (runtime) => runtime.stop(),
          () => undefined,
        ),
      requests: 0,
      retired: false,
    };
    this.#all.add(running);
    return running;
  }

  #retire(running: Running): void {
    running.retired = true;
    if (running.requests === 0) void this.#end(running);
  }

  #finished(running: Running): void {
    running.requests -= 1;
    if (running.retired && running.requests === 0) void this.#end(running);
  }

  async #end(running: Running): Promise<void> {
    await running.stop();
    this.#all.delete(running);
  }
}

async function answered(url: string, init: RequestInit): Promise<Response> {
  const limit = new AbortController();
  const late = new LateError(`the store's answer takes longer than ${ANSWER_LIMIT_MS / 1000} s`);
  const timer = setTimeout(() => limit.abort(late), ANSWER_LIMIT_MS);
  try {
    return await fetch(url, { ...init, signal: limit.signal });
  } finally {
    clearTimeout(timer);
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

function optionsFor(stores: readonly Store[], folders: Folders): MiniflareOptions {
  const env = Object.fromEntries(stores.map((store, index) => [`STORE_${index}`, bindingOf(store)]));
  const worker = helperWorker("stores", STORES_MODULE, env);
  const dev = { ...worker.dev, unsafeDirectSockets: [{ host: "127.0.0.1", port: 0 }] };
  return { ...storageOptions(folders), workers: [{ ...worker, dev }] };
}

function bindingOf({ kind, id }: Store): { type: "r2"; name: string } | { type: "kv" | "d1"; id: string } {
  return kind === "r2" ? { type: "r2", name: id } : { type: kind, id };
}

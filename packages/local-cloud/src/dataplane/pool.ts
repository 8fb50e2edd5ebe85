import { setTimeout as sleep } from "node:timers/promises";
import type { VersionDocument } from "../services/workers/model.ts";
import type { Instance, Start } from "./instance.ts";
import { runtimeLimits, type Exceeded } from "./limits.ts";
import { Meter } from "./meter.ts";

/** Why a running version was ended under its requests. */
export type Ended = Exceeded | "crashed";

/** A hold on a running version: it isn't stopped for being idle before `release` is called. */
export interface Lease {
  readonly instance: Instance;
  /** Tells that the Worker did something for this request. */
  progress(): void;
  /** Ends the hold. Returns the CPU time that the request took, in milliseconds: an estimate where several overlap. Idempotent. */
  release(): number;
  /** Why the version no longer runs; undefined while it does. To be asked when its connection broke. */
  ended(): Ended | undefined;
}

interface Entry {
  readonly version: VersionDocument;
  readonly start: Promise<Start>;
  running?: { readonly instance: Instance; readonly meter: Meter; gaveWay: boolean };
  ended?: Ended;
  leases: number;
  idleSince: number;
}

export interface PoolSettings {
  /** How long a version that serves no traffic stays warm after its last request. */
  readonly idleMs: number;
  /** How many versions that serve no traffic stay warm at once: each costs about 100 MB. */
  readonly idleLimit: number;
  /** How often running processes are looked at. */
  readonly lookEveryMs: number;
  /** Milliseconds, from any zero. */
  readonly now: () => number;
  readonly log: (line: string) => void;
}

const DEFAULTS: PoolSettings = {
  idleMs: 60_000,
  idleLimit: 4,
  lookEveryMs: process.platform === "linux" ? 100 : 1000,
  now: () => performance.now(),
  log: () => undefined,
};

/**
 * The running versions, a process each. Versions are started on demand; those that `setServing` names stay, others are
 * stopped after a while without requests. One that exceeds its limits is ended at once, and started again on the next
 * request.
 */
export class Pool {
  readonly #start: (version: VersionDocument) => Promise<Start>;
  readonly #settings: PoolSettings;
  readonly #entries = new Map<string, Entry>();
  readonly #timers: readonly NodeJS.Timeout[];
  #serving: ReadonlySet<string> = new Set();
  #stopped = false;

  constructor(start: (version: VersionDocument) => Promise<Start>, settings: Partial<PoolSettings> = {}) {
    this.#start = start;
    this.#settings = { ...DEFAULTS, ...settings };
    this.#timers = [
      setInterval(() => this.sweep(), this.#settings.idleMs / 4).unref(),
      setInterval(() => this.#look(), this.#settings.lookEveryMs).unref(),
    ];
  }

  /** Ids of the versions that are running or starting. */
  get running(): readonly string[] {
    return [...this.#entries.keys()];
  }

  /** Starts the version unless it runs, and says how that went. A version that refused is forgotten at once. */
  async start(version: VersionDocument): Promise<Start> {
    return this.#started(this.#entry(version));
  }

  /** Holds the version for one request, starting it if needed. */
  async lease(version: VersionDocument): Promise<Lease> {
    const entry = this.#entry(version);
    entry.leases += 1;
    try {
      const start = await this.#started(entry);
      if (start.outcome === "refused")
        throw new Error(`version ${version.id} does not start: ${start.message}`);
      return this.#leased(entry, start.instance);
    } catch (error) {
      this.#left(entry);
      throw error;
    }
  }

  /** Names the versions that deployments route to; they are never stopped for being idle. */
  setServing(ids: ReadonlySet<string>): void {
    this.#serving = ids;
  }

  /** Stops what has been idle for too long, and the oldest of what is too much. What is starting stays. */
  sweep(): void {
    const { now, idleLimit, idleMs } = this.#settings;
    const idle = [...this.#entries]
      .filter(([id, { leases, running }]) => leases === 0 && running !== undefined && !this.#serving.has(id))
      .sort(([, a], [, b]) => b.idleSince - a.idleSince);
    const due = idle.filter(([, entry], rank) => rank >= idleLimit || now() - entry.idleSince > idleMs);
    for (const [, entry] of due) void this.#remove(entry);
  }

  /** Stops a version once its requests have ended, or after `graceMs` under them. */
  async retire(id: string, graceMs: number): Promise<void> {
    const entry = this.#entries.get(id);
    if (!entry) return;
    const until = performance.now() + graceMs;
    while (entry.leases > 0 && performance.now() < until) await sleep(10);
    await this.#remove(entry);
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    for (const timer of this.#timers) clearInterval(timer);
    await Promise.all([...this.#entries.values()].map((entry) => this.#remove(entry)));
  }

  #entry(version: VersionDocument): Entry {
    if (this.#stopped) throw new Error("the local cloud is stopping");
    const existing = this.#entries.get(version.id);
    if (existing) return existing;
    const entry: Entry = {
      version,
      start: this.#start(version),
      leases: 0,
      idleSince: this.#settings.now(),
    };
    this.#entries.set(version.id, entry);
    return entry;
  }

  async #started(entry: Entry): Promise<Start> {
    try {
      const start = await entry.start;
      if (start.outcome === "refused") this.#forget(entry);
      else if (entry.running === undefined) this.#run(entry, start.instance);
      return start;
    } catch (error) {
      this.#forget(entry);
      throw error;
    }
  }

  #run(entry: Entry, instance: Instance): void {
    const meter = new Meter(instance, runtimeLimits(entry.version), this.#settings.now);
    entry.running = { instance, meter, gaveWay: false };
    entry.idleSince = this.#settings.now();
    this.sweep();
  }

  #leased(entry: Entry, instance: Instance): Lease {
    const metered = entry.running?.meter.begin();
    let isReleased = false;
    return {
      instance,
      progress: () => metered?.progress(),
      release: () => {
        if (!isReleased) this.#left(entry);
        isReleased = true;
        return metered?.end() ?? 0;
      },
      ended: () => {
        if (entry.ended === undefined && instance.usage() === undefined) this.#end(entry, "crashed");
        return entry.ended;
      },
    };
  }

  #left(entry: Entry): void {
    entry.leases -= 1;
    entry.idleSince = this.#settings.now();
  }

  #look(): void {
    for (const entry of this.#entries.values()) {
      const { running } = entry;
      if (running === undefined) continue;
      const found = running.meter.look();
      if (found !== undefined) this.#end(entry, found === "gone" ? "crashed" : found);
      else if (running.meter.isGreedy !== running.gaveWay) {
        running.gaveWay = running.meter.isGreedy;
        running.instance.giveWay(running.gaveWay);
      }
    }
  }

  /** Ends the process under its requests; the next request starts another. */
  #end(entry: Entry, why: Ended): void {
    // V8 ends the process itself when a heap is full.
    const isFull = why === "crashed" && entry.running?.meter.wasNearlyFull === true;
    entry.ended = isFull ? "exceededMemory" : why;
    this.#settings.log(`${entry.version.worker} ${entry.version.id}: ended, ${entry.ended}`);
    this.#forget(entry);
    void entry.running?.instance.kill();
  }

  #forget(entry: Entry): void {
    if (this.#entries.get(entry.version.id) === entry) this.#entries.delete(entry.version.id);
  }

  async #remove(entry: Entry): Promise<void> {
    this.#forget(entry);
    const start = await entry.start.catch(() => undefined);
    if (start?.outcome === "started") await start.instance.stop();
  }
}

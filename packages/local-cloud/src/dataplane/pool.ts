import type { VersionDocument } from "../services/workers/model.ts";
import type { Instance, Start } from "./instance.ts";

/** A hold on a running version: it isn't stopped before `release` is called. */
export interface Lease {
  readonly instance: Instance;
  release(): void;
}

interface Entry {
  readonly start: Promise<Start>;
  leases: number;
  idleSince: number;
}

/** How long a version that serves no traffic stays warm after its last request. */
const IDLE_MS = 60_000;
/** How many versions that serve no traffic stay warm at once: each costs about 100 MB. */
const IDLE_LIMIT = 4;

/**
 * The running versions, a process each. Versions are started on demand; those that `setServing` names stay, others are
 * stopped after a while without requests.
 */
export class Pool {
  readonly #start: (version: VersionDocument) => Promise<Start>;
  readonly #entries = new Map<string, Entry>();
  readonly #sweeper: NodeJS.Timeout;
  #serving: ReadonlySet<string> = new Set();
  #stopped = false;

  constructor(start: (version: VersionDocument) => Promise<Start>) {
    this.#start = start;
    this.#sweeper = setInterval(() => this.#sweep(), IDLE_MS / 4).unref();
  }

  /** Ids of the versions that are running or starting. */
  get running(): readonly string[] {
    return [...this.#entries.keys()];
  }

  /** Starts the version unless it runs, and says how that went. A version that refused is forgotten at once. */
  async start(version: VersionDocument): Promise<Start> {
    const entry = this.#entry(version);
    try {
      const start = await entry.start;
      if (start.outcome === "refused") this.#entries.delete(version.id);
      return start;
    } catch (error) {
      this.#entries.delete(version.id);
      throw error;
    }
  }

  /** Holds the version for one request, starting it if needed. */
  async lease(version: VersionDocument): Promise<Lease> {
    const entry = this.#entry(version);
    entry.leases += 1;
    const release = () => {
      entry.leases -= 1;
      entry.idleSince = Date.now();
    };
    try {
      const start = await this.start(version);
      if (start.outcome === "refused")
        throw new Error(`version ${version.id} does not start: ${start.message}`);
      return { instance: start.instance, release };
    } catch (error) {
      release();
      throw error;
    }
  }

  /** Names the versions that deployments route to; they are never stopped for being idle. */
  setServing(ids: ReadonlySet<string>): void {
    this.#serving = ids;
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    clearInterval(this.#sweeper);
    await Promise.all([...this.#entries.keys()].map((id) => this.#remove(id)));
  }

  #entry(version: VersionDocument): Entry {
    if (this.#stopped) throw new Error("the local cloud is stopping");
    const existing = this.#entries.get(version.id);
    if (existing) return existing;
    const entry = { start: this.#start(version), leases: 0, idleSince: Date.now() };
    this.#entries.set(version.id, entry);
    return entry;
  }

  #sweep(): void {
    const idle = [...this.#entries]
      .filter(([id, entry]) => entry.leases === 0 && !this.#serving.has(id))
      .sort(([, a], [, b]) => b.idleSince - a.idleSince);
    const due = idle.filter(
      ([, entry], rank) => rank >= IDLE_LIMIT || Date.now() - entry.idleSince > IDLE_MS,
    );
    for (const [id] of due) void this.#remove(id);
  }

  async #remove(id: string): Promise<void> {
    const entry = this.#entries.get(id);
    this.#entries.delete(id);
    const start = await entry?.start.catch(() => undefined);
    if (start?.outcome === "started") await start.instance.stop();
  }
}

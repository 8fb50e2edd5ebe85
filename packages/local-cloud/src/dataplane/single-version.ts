import type { VersionDocument } from "../services/workers/model.ts";
import type { Start } from "./instance.ts";
import type { Lease, Pool } from "./pool.ts";

export interface SingleVersionParts {
  readonly pool: Pool;
  readonly version: (id: string) => VersionDocument | undefined;
  /** The version of a Worker that its newest deployment names first. */
  readonly current: (worker: string) => VersionDocument | undefined;
  /** Starts a version with storage of its own, to see whether it starts. */
  readonly startApart: (version: VersionDocument) => Promise<Start>;
}

/** How long requests to the version before may take once another one serves: then its objects are reset under them. */
const GRACE_MS = 5000;

export function hasObjects({ durableObjects = [] }: VersionDocument): boolean {
  return durableObjects.length > 0;
}

/**
 * Versions with Durable Objects: of a Worker only the one that serves runs, since an object is in one place at a time.
 * The next one starts when the one before has ended.
 */
export class SingleVersions {
  readonly #parts: SingleVersionParts;
  readonly #turns = new Map<string, Promise<void>>();

  constructor(parts: SingleVersionParts) {
    this.#parts = parts;
  }

  /** Tries a version out next to the one that serves, without its objects. */
  async start(version: VersionDocument): Promise<Start> {
    const start = await this.#parts.startApart(version);
    if (start.outcome === "started") await start.instance.stop();
    return start;
  }

  /** Holds the version that serves, which is another one when the deployment changed since the request was routed. */
  async lease({ worker }: VersionDocument): Promise<Lease> {
    const version = this.#parts.current(worker);
    if (version === undefined || !hasObjects(version))
      throw new Error(`${worker} has no deployment with Durable Objects any more`);
    const turn = (this.#turns.get(worker) ?? Promise.resolve()).then(() => this.#endOthers(version));
    // Of a failure only the request hears that met it.
    this.#turns.set(
      worker,
      turn.catch(() => undefined),
    );
    await turn;
    return this.#parts.pool.lease(version);
  }

  async #endOthers({ id, worker }: VersionDocument): Promise<void> {
    const others = this.#parts.pool.running.filter((other) => {
      const version = this.#parts.version(other);
      return other !== id && version?.worker === worker && hasObjects(version);
    });
    await Promise.all(others.map((other) => this.#parts.pool.retire(other, GRACE_MS)));
  }
}

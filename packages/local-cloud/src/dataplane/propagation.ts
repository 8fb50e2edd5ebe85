import type { Clock } from "../clock.ts";
import type { DeploymentDocument } from "../services/workers/model.ts";

interface Arrival {
  readonly deployment: DeploymentDocument;
  readonly sinceMs: number;
}

/**
 * When a deployment is seen at the edge. On Cloudflare each location learns of it at its own time, within some seconds:
 * a request meets one of these locations, so that for `delayMs` a growing part of them is answered by the new deployment
 * and the rest by the one before.
 */
export class Propagation {
  readonly #delayMs: number;
  readonly #clock: Clock;
  readonly #onSettled: () => void;
  /** Of each Worker, oldest first: the one that every location knows, and those that only some do. */
  readonly #arrivals = new Map<string, readonly Arrival[]>();

  constructor(options: { readonly delayMs: number; readonly clock: Clock; readonly onSettled: () => void }) {
    this.#delayMs = options.delayMs;
    this.#clock = options.clock;
    this.#onSettled = options.onSettled;
  }

  /** Takes note of all that is deployed now; what was there at the start is known everywhere, what is deleted nowhere. */
  learn(newest: readonly DeploymentDocument[], options: { readonly atStart: boolean }): void {
    const nowMs = this.#clock.now();
    const workers = new Set(newest.map(({ worker }) => worker));
    for (const worker of this.#arrivals.keys()) if (!workers.has(worker)) this.#arrivals.delete(worker);
    for (const deployment of newest) {
      const known = this.#arrivals.get(deployment.worker) ?? [];
      if (known.at(-1)?.deployment.id === deployment.id) continue;
      const sinceMs = options.atStart ? -Infinity : nowMs;
      this.#arrivals.set(deployment.worker, [...this.#settled(known), { deployment, sinceMs }]);
      if (this.#delayMs > 0 && !options.atStart) this.#clock.at(nowMs + this.#delayMs, this.#onSettled);
    }
  }

  /** What a location knows of a Worker; `draw` in [0, 1) is which location. */
  seen(worker: string, draw: number): DeploymentDocument | undefined {
    const lagMs = draw * this.#delayMs;
    const untilMs = this.#clock.now() - lagMs;
    return this.#arrivals.get(worker)?.findLast(({ sinceMs }) => sinceMs <= untilMs)?.deployment;
  }

  /** All deployments that some location may still answer by. */
  current(): readonly DeploymentDocument[] {
    return [...this.#arrivals.values()].flatMap((arrivals) =>
      this.#settled(arrivals).map(({ deployment }) => deployment),
    );
  }

  /** Without those that every location has replaced. */
  #settled(arrivals: readonly Arrival[]): readonly Arrival[] {
    const everywhereMs = this.#clock.now() - this.#delayMs;
    const first = arrivals.findLastIndex(({ sinceMs }) => sinceMs <= everywhereMs);
    return arrivals.slice(Math.max(0, first));
  }
}

import type { Clock } from "../clock.ts";

interface Waiting {
  readonly instantMs: number;
  readonly work: () => void;
}

/** A clock that stands still until it is moved. */
export class ManualClock implements Clock {
  readonly #waiting = new Set<Waiting>();
  #nowMs: number;

  constructor(start: string) {
    this.#nowMs = Date.parse(start);
  }

  now(): number {
    return this.#nowMs;
  }

  at(instantMs: number, work: () => void): () => void {
    const entry = { instantMs, work };
    this.#waiting.add(entry);
    return () => this.#waiting.delete(entry);
  }

  /** Moves on by that much; whatever waits for an instant on the way runs at that instant, in order. */
  advance(byMs: number): void {
    const endMs = this.#nowMs + byMs;
    for (let next = this.#next(endMs); next !== undefined; next = this.#next(endMs)) {
      this.#waiting.delete(next);
      this.#nowMs = Math.max(this.#nowMs, next.instantMs);
      next.work();
    }
    this.#nowMs = endMs;
  }

  #next(endMs: number): Waiting | undefined {
    return [...this.#waiting]
      .filter(({ instantMs }) => instantMs <= endMs)
      .sort((a, b) => a.instantMs - b.instantMs)
      .at(0);
  }
}

import { randomUUID } from "node:crypto";
import { seededRandom, type Random } from "../random.ts";
import { isAbout, type Effect, type Fault, type Subject } from "./fault.ts";

export interface AddedFault {
  readonly id: string;
  readonly fault: Fault;
  /** Requests that it was about. */
  readonly matched: number;
  /** Requests that it happened to. */
  readonly applied: number;
}

/** What is to happen to one request. */
export interface Verdict {
  readonly latencyMs: number;
  readonly fault: (Exclude<Fault, { effect: "latency" }> & { readonly id: string }) | undefined;
}

interface Active {
  readonly id: string;
  readonly fault: Fault;
  readonly random: Random;
  matched: number;
  applied: number;
}

const NOTHING: Verdict = { latencyMs: 0, fault: undefined };

/**
 * The faults of a running local cloud. They are gone when it stops. The same faults and the same requests in the same order
 * give the same failures.
 */
export class Faults {
  readonly #active: Active[] = [];
  readonly #onFirstStale: () => unknown;
  readonly #onLastStale: () => void;

  /** `freeze` makes the copy of the state that stale reads are answered from, `thaw` drops it. */
  constructor({ freeze, thaw }: { readonly freeze: () => unknown; readonly thaw: () => void }) {
    this.#onFirstStale = freeze;
    this.#onLastStale = thaw;
  }

  add(fault: Fault): AddedFault {
    if (fault.effect === "stale" && !this.#hasStale()) this.#onFirstStale();
    const active = {
      id: randomUUID().slice(0, 8),
      fault,
      random: seededRandom(fault.seed),
      matched: 0,
      applied: 0,
    };
    this.#active.push(active);
    return presented(active);
  }

  list(): readonly AddedFault[] {
    return this.#active.map(presented);
  }

  /** Ends one fault, or all of them. @returns how many there were */
  clear(id?: string): number {
    const kept = id === undefined ? [] : this.#active.filter((active) => active.id !== id);
    const ended = this.#active.length - kept.length;
    const hadStale = this.#hasStale();
    this.#active.splice(0, this.#active.length, ...kept);
    if (hadStale && !this.#hasStale()) this.#onLastStale();
    return ended;
  }

  /**
   * Counts a request and says what happens to it: all latencies that are due, and the first other fault that is.
   * `possible` are the effects that this kind of request can show; others wait for one that can.
   */
  decide(subject: Subject, possible: readonly Effect[]): Verdict {
    if (this.#active.length === 0) return NOTHING;
    let latencyMs = 0;
    let due: Verdict["fault"];
    for (const active of this.#active) {
      const { fault } = active;
      if (!possible.includes(fault.effect) || !isAbout(fault, subject) || !isDue(active)) continue;
      if (fault.effect !== "latency" && due !== undefined) continue;
      active.applied += 1;
      if (fault.effect === "latency") latencyMs += fault.latencyMs + active.random() * fault.jitterMs;
      else due = { ...fault, id: active.id };
    }
    return { latencyMs, fault: due };
  }

  #hasStale(): boolean {
    return this.#active.some(({ fault }) => fault.effect === "stale");
  }
}

function isDue(active: Active): boolean {
  const { nth, probability, times = nth === undefined ? Number.POSITIVE_INFINITY : 1 } = active.fault;
  active.matched += 1;
  if (active.matched < (nth ?? 1) || active.applied >= times) return false;
  return probability === undefined || active.random() < probability;
}

function presented({ id, fault, matched, applied }: Active): AddedFault {
  return { id, fault, matched, applied };
}

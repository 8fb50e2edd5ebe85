import type { Usage } from "../process/usage.ts";
import {
  COLLECTING_CPU_MS,
  GREEDY_CPU_MS,
  NEARLY_FULL_BYTES,
  PROCESS_MEMORY_BYTES,
  type Exceeded,
  type RuntimeLimits,
} from "./limits.ts";

/** How a meter reads the process that it measures. Both give undefined once that is gone. */
export interface Metered {
  usage(): Usage | undefined;
  /** CPU time alone, for the many reads between two looks at everything. */
  cpuMs(): number | undefined;
}

/** One request's part of a process's CPU time. */
export interface MeteredRequest {
  /** The Worker gave a sign of life for this request: its event loop turns. */
  progress(): void;
  /** Ends the measurement: CPU milliseconds. Idempotent. */
  end(): number;
}

const READ_EVERY_MS = 1;
/** CPU time between two looks below which nothing of a Worker's ran. */
const IDLE_MS = 1;

/**
 * Attributes a process's CPU time to the requests in flight, in equal parts, and tells when a request or the process is
 * beyond a limit. `look` is to be called a few times a second.
 */
export class Meter {
  readonly #process: Metered;
  readonly #limits: RuntimeLimits;
  readonly #now: () => number;
  readonly #memoryAtStart: number;
  /** For each request in flight, the value of `#perRequestMs` when it came; the oldest first. */
  readonly #inFlight = new Map<object, number>();
  #memoryBytes: number;
  #readAt = -Infinity;
  #cpuMs: number;
  /** The sum of each interval's CPU time divided by the requests that were in flight. */
  #perRequestMs = 0;
  /** What the last look would have said, had it been trusted. */
  #suspected: Exceeded | undefined;
  /** CPU time since the last sign of life. */
  #silentMs = 0;

  constructor(process: Metered, limits: RuntimeLimits, now: () => number = () => performance.now()) {
    this.#process = process;
    this.#limits = limits;
    this.#now = now;
    const usage = process.usage();
    this.#cpuMs = usage?.cpuMs ?? 0;
    this.#memoryAtStart = usage?.memoryBytes ?? 0;
    this.#memoryBytes = this.#memoryAtStart;
  }

  /** Whether the last look found much of the memory in use: what then ended by itself had a full heap. */
  get wasNearlyFull(): boolean {
    return this.#growthBytes > NEARLY_FULL_BYTES / 2;
  }

  /** Whether one request has long been at work without a sign of life. Many that wait for their turn are no such one. */
  get isGreedy(): boolean {
    return Math.min(this.#silentMs, this.#mostOfOneMs) > GREEDY_CPU_MS;
  }

  /** CPU time of the request that has had the most. */
  get #mostOfOneMs(): number {
    const [oldest = this.#perRequestMs] = this.#inFlight.values();
    return this.#perRequestMs - oldest;
  }

  get #growthBytes(): number {
    return this.#memoryBytes - this.#memoryAtStart;
  }

  begin(): MeteredRequest {
    this.#advance();
    const request = {};
    if (this.#inFlight.size === 0) this.#silentMs = 0;
    this.#inFlight.set(request, this.#perRequestMs);
    let spentMs: number | undefined;
    return {
      progress: () => {
        this.#advance();
        this.#silentMs = 0;
      },
      end: () => {
        if (spentMs !== undefined) return spentMs;
        this.#advance();
        this.#silentMs = 0;
        spentMs = this.#perRequestMs - (this.#inFlight.get(request) ?? this.#perRequestMs);
        this.#inFlight.delete(request);
        return spentMs;
      },
    };
  }

  /** What the process is doing wrong; `gone` when it has ended by itself. */
  look(): Exceeded | "gone" | undefined {
    const usage = this.#process.usage();
    if (usage === undefined) return "gone";
    const usedMs = this.#count(usage.cpuMs);
    this.#memoryBytes = usage.memoryBytes;
    // Work after the answer (waitUntil) goes on without a request in flight; an idle process uses next to nothing.
    if (usedMs < IDLE_MS && this.#inFlight.size === 0) this.#silentMs = 0;
    if (this.#growthBytes > PROCESS_MEMORY_BYTES) return "exceededMemory";
    const suspected = this.#suspicion();
    const isConfirmed = suspected !== undefined && suspected === this.#suspected;
    this.#suspected = suspected;
    return isConfirmed ? suspected : undefined;
  }

  /** Answers may wait to be read here, on a busy machine: only the next look, when they have been, is to be trusted. */
  #suspicion(): Exceeded | undefined {
    if (this.#growthBytes > NEARLY_FULL_BYTES && this.#silentMs > COLLECTING_CPU_MS) return "exceededMemory";
    const mostMs = Math.max(this.#mostOfOneMs, this.#silentMs);
    return mostMs > this.#limits.cpuMs ? "exceededCpu" : undefined;
  }

  #advance(): void {
    const now = this.#now();
    if (now - this.#readAt < READ_EVERY_MS) return;
    const cpuMs = this.#process.cpuMs();
    if (cpuMs !== undefined) this.#count(cpuMs);
  }

  /** Takes a new reading; returns the CPU time since the one before. */
  #count(cpuMs: number): number {
    const usedMs = Math.max(0, cpuMs - this.#cpuMs);
    this.#readAt = this.#now();
    this.#cpuMs = cpuMs;
    this.#perRequestMs += usedMs / Math.max(1, this.#inFlight.size);
    this.#silentMs += usedMs;
    return usedMs;
  }
}

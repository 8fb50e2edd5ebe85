import type { Clock } from "../ports.ts";

/** A clock that only sleeping moves, and that tells what passes while it does. */
export interface FakeClock extends Clock {
  /** Calls `listener` with each stretch of time that passes, in milliseconds since 1970. */
  onPassing(listener: (fromMs: number, toMs: number) => void): void;
  /** Calls `event` once when that many milliseconds from now have passed. */
  after(ms: number, event: () => void): void;
}

export function createFakeClock(startAt = "2026-01-01T00:00:00.000Z"): FakeClock {
  let nowMs = Date.parse(startAt);
  const listeners: ((fromMs: number, toMs: number) => void)[] = [];
  let events: { readonly atMs: number; readonly event: () => void }[] = [];
  return {
    now: () => new Date(nowMs),
    monotonicMs: () => nowMs,
    sleep: async (ms) => {
      const fromMs = nowMs;
      nowMs += ms;
      for (const listener of listeners) listener(fromMs, nowMs);
      const due = events.filter(({ atMs }) => atMs <= nowMs);
      events = events.filter(({ atMs }) => atMs > nowMs);
      for (const { event } of due) event();
    },
    onPassing: (listener) => listeners.push(listener),
    after: (ms, event) => events.push({ atMs: nowMs + ms, event }),
  };
}

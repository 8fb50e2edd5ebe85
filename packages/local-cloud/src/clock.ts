/** Time as a port: what waits for an instant takes it from here, so that a test can move it. */
export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number;
  /** Runs `work` once at that instant, at once if it is past. Returns what calls it off. */
  at(instantMs: number, work: () => void): () => void;
}

/** Node's timers take no longer delay. */
const LONGEST_DELAY_MS = 2 ** 31 - 1;

/** The machine's clock. A wait for it doesn't keep the process alive. */
export const systemClock: Clock = {
  now: () => Date.now(),
  at: (instantMs, work) => {
    let timer: NodeJS.Timeout;
    const wait = () => {
      const delayMs = instantMs - Date.now();
      timer =
        delayMs > LONGEST_DELAY_MS
          ? setTimeout(wait, LONGEST_DELAY_MS).unref()
          : setTimeout(work, Math.max(0, delayMs)).unref();
    };
    wait();
    return () => clearTimeout(timer);
  },
};

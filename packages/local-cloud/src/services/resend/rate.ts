import type { Clock } from "../../clock.ts";

const WINDOW_MS = 1000;

/** Requests of one team per second. @see https://resend.com/docs/api-reference/rate-limit */
export class ResendRate {
  readonly #limit: number;
  readonly #clock: Clock;
  #startedAtMs = Number.NEGATIVE_INFINITY;
  #used = 0;

  constructor(limit: number, clock: Clock) {
    this.#limit = limit;
    this.#clock = clock;
  }

  /** Counts one request; `headers` are for its answer. */
  count(): { readonly exceeded: boolean; readonly headers: Readonly<Record<string, string>> } {
    const now = this.#clock.now();
    if (now - this.#startedAtMs >= WINDOW_MS) {
      this.#startedAtMs = now;
      this.#used = 0;
    }
    this.#used += 1;
    const exceeded = this.#used > this.#limit;
    return {
      exceeded,
      headers: {
        "ratelimit-limit": String(this.#limit),
        "ratelimit-remaining": String(Math.max(0, this.#limit - this.#used)),
        "ratelimit-reset": "1",
        ...(exceeded && { "retry-after": "1" }),
      },
    };
  }
}

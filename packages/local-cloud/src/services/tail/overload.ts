/** So many events of one second are passed on; of more, one in ten. */
const EVENTS_PER_SECOND = 100;
const ONE_IN = 10;

/** What a tail does with an event; a change of mode is told to the client first. */
export interface Passage {
  readonly passes: boolean;
  readonly change: "overload" | "overload-stop" | undefined;
}

/**
 * Drops events of a Worker with more traffic than a tail shows, as the real service does.
 * @see https://developers.cloudflare.com/workers/observability/logs/real-time-logs/#limits
 */
export class Overload {
  #second = 0;
  #count = 0;
  #isSampling = false;

  /** `nowMs` is milliseconds since 1970 and never goes back. */
  admit(nowMs: number): Passage {
    const second = Math.floor(nowMs / 1000);
    const change = second === this.#second ? undefined : this.#turnTo(second);
    this.#count += 1;
    if (this.#count <= EVENTS_PER_SECOND) return { passes: true, change };
    if (this.#isSampling) return { passes: this.#count % ONE_IN === 0, change };
    this.#isSampling = true;
    return { passes: false, change: "overload" };
  }

  #turnTo(second: number): Passage["change"] {
    const wasQuiet = this.#count <= EVENTS_PER_SECOND || second > this.#second + 1;
    this.#second = second;
    this.#count = 0;
    if (!this.#isSampling || !wasQuiet) return undefined;
    this.#isSampling = false;
    return "overload-stop";
  }
}

/** The sentences that the real service sends, and wrangler prints. @see wrangler's `prettyPrintLogs` */
export const OVERLOAD_MESSAGES = {
  overload:
    "Tail is currently in sampling mode due to the high volume of messages. To prevent messages from being dropped consider adding filters.",
  "overload-stop": "Tail has exited sampling mode and is no longer dropping messages.",
} as const;

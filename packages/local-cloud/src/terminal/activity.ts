import type { RequestRecord } from "../dataplane/exchange.ts";

const KEPT_REQUESTS = 60;
const KEPT_NOTES = 20;
const RATE_WINDOW_MS = 5000;

/** What went on lately, as much of it as a screen shows. */
export class Activity {
  readonly #now: () => number;
  readonly #requests: RequestRecord[] = [];
  readonly #notes: string[] = [];
  readonly #answered = new Map<string, { total: number; errors: number }>();
  /** Second → requests in it. */
  readonly #rates = new Map<number, number>();

  /** `now` is in milliseconds since 1970. */
  constructor(now: () => number) {
    this.#now = now;
  }

  request(record: RequestRecord): void {
    this.#requests.unshift(record);
    if (this.#requests.length > KEPT_REQUESTS) this.#requests.pop();
    const second = Math.floor(this.#now() / 1000);
    this.#rates.set(second, (this.#rates.get(second) ?? 0) + 1);
    if (this.#rates.size > RATE_WINDOW_MS / 1000 + 1)
      this.#rates.delete(this.#rates.keys().next().value ?? 0);
    if (record.versionId === undefined) return;
    const counts = this.#answered.get(record.versionId) ?? { total: 0, errors: 0 };
    counts.total += 1;
    if (record.outcome !== "success" && record.outcome !== "clientDisconnected") counts.errors += 1;
    this.#answered.set(record.versionId, counts);
  }

  /** A line of the log. That the API was asked, or what PostgreSQL says of its usual work, is no note. */
  logged(line: string): void {
    if (line.startsWith("api: ") || / LOG: {2}/u.test(line)) return;
    this.#notes.unshift(line);
    if (this.#notes.length > KEPT_NOTES) this.#notes.pop();
  }

  snapshot(): {
    readonly requests: readonly RequestRecord[];
    readonly notes: readonly string[];
    readonly answered: ReadonlyMap<string, { readonly total: number; readonly errors: number }>;
    readonly requestsPerSecond: number;
  } {
    const oldest = this.#now() / 1000 - RATE_WINDOW_MS / 1000;
    const recent = [...this.#rates].filter(([second]) => second >= oldest);
    const sum = recent.reduce((total, [, requests]) => total + requests, 0);
    return {
      requests: this.#requests,
      notes: this.#notes,
      answered: this.#answered,
      requestsPerSecond: sum / (RATE_WINDOW_MS / 1000),
    };
  }
}

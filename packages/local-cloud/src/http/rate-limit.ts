import { Refusal } from "./refusal.ts";

/** How many requests a token may send to the API in a window. */
export interface RatePolicy {
  readonly requests: number;
  readonly windowMs: number;
}

/** Cloudflare's own. @see https://developers.cloudflare.com/fundamentals/api/reference/limits/ */
export const CLOUDFLARE_RATE_POLICY: RatePolicy = { requests: 1200, windowMs: 300_000 };

interface Window {
  readonly endsAtMs: number;
  used: number;
}

/** Counts the requests of each token in windows that begin with its first request. */
export class RateLimit {
  readonly #policy: RatePolicy;
  readonly #nowMs: () => number;
  readonly #windows = new Map<string, Window>();

  /** `nowMs` is a monotonic clock. */
  constructor(policy: RatePolicy, nowMs: () => number) {
    this.#policy = policy;
    this.#nowMs = nowMs;
  }

  /**
   * Takes note of one request and returns the headers that each answer has.
   * @throws {Refusal} 429/971 once the window's quota is used up.
   */
  count(tokenId: string): Readonly<Record<string, string>> {
    // Whole milliseconds: the sum and difference of fractions may come back as a little more than the window.
    const now = Math.floor(this.#nowMs());
    const current = this.#windows.get(tokenId);
    const window =
      current && current.endsAtMs > now ? current : { endsAtMs: now + this.#policy.windowMs, used: 0 };
    this.#windows.set(tokenId, window);
    window.used += 1;
    const resetsInS = Math.ceil((window.endsAtMs - now) / 1000);
    const remaining = Math.max(0, this.#policy.requests - window.used);
    const headers = {
      ratelimit: `"default";r=${remaining};t=${resetsInS}`,
      "ratelimit-policy": `"default";q=${this.#policy.requests};w=${this.#policy.windowMs / 1000}`,
    };
    if (window.used > this.#policy.requests)
      throw rateLimited({ ...headers, "retry-after": String(resetsInS) });
    return headers;
  }
}

/** 429 with 971, as the real API's clients report it. */
function rateLimited(headers: Readonly<Record<string, string>>): Refusal {
  const message = "Please wait and consider throttling your request speed";
  return new Refusal(429, [{ code: 971, message }], headers);
}

/** Why an attempt gave no usable answer. */
export type AttemptFailure =
  | { readonly kind: "network" }
  | { readonly kind: "status"; readonly status: number; readonly retryAfter: string | null };

const MOST_ATTEMPTS = 4;
const FIRST_PAUSE_MS = 50;
/** What the gateway may ask us to wait; for longer, the caller decides. */
const LONGEST_PAUSE_MS = 10_000;

/** The gateway refused before anything ran. */
const DID_NOT_RUN: readonly number[] = [409, 429];
/** It may have run. 504 and 507 are left out: the query ran, and would again take too long or be too large. */
const MAY_HAVE_RUN: readonly number[] = [500, 502, 503];

/**
 * How long to wait before the next attempt, in milliseconds; undefined when there must be none.
 * `attempt` counts from 1, `random` is in [0, 1), `now` in milliseconds since the epoch.
 */
export function pauseBeforeRetry(
  failure: AttemptFailure,
  circumstances: {
    readonly attempt: number;
    /** Whether repeating can do no harm. */
    readonly repeatable: boolean;
    readonly random: number;
    readonly now: number;
  },
): number | undefined {
  const { attempt, repeatable, random, now } = circumstances;
  if (attempt >= MOST_ATTEMPTS || !mayRepeat(failure, repeatable)) return undefined;
  const backoff = FIRST_PAUSE_MS * 2 ** (attempt - 1) * (0.5 + random / 2);
  const requested = failure.kind === "status" ? retryAfterMs(failure.retryAfter, now) : undefined;
  const pause = Math.max(backoff, requested ?? 0);
  return pause <= LONGEST_PAUSE_MS ? pause : undefined;
}

function mayRepeat(failure: AttemptFailure, repeatable: boolean): boolean {
  if (failure.kind === "network") return repeatable;
  return DID_NOT_RUN.includes(failure.status) || (repeatable && MAY_HAVE_RUN.includes(failure.status));
}

/** @see https://www.rfc-editor.org/rfc/rfc9110#field.retry-after: seconds, or a date */
function retryAfterMs(value: string | null, now: number): number | undefined {
  if (value === null || value.trim() === "") return undefined;
  const milliseconds = /^\d+$/u.test(value.trim()) ? Number(value) * 1000 : Date.parse(value) - now;
  return Number.isNaN(milliseconds) ? undefined : Math.max(0, milliseconds);
}

/** Every way in which a delivery can end otherwise than done, with the exit code of each. */
const EXIT_CODES = {
  DEFECT: 1,
  USAGE: 2,
  CONFIGURATION: 2,
  NO_REPOSITORY: 2,
  BUILD_FAILED: 2,
  RELEASE_UNKNOWN: 2,
  RELEASE_DAMAGED: 2,
  RELEASE_CONFLICT: 2,
  SECRET_MISSING: 2,
  SECRET_SHARED: 2,
  NOT_PROVEN: 2,
  NOT_APPROVED: 2,
  OLDER: 2,
  DOMAIN_TAKEN: 2,
  NOTHING_TO_ROLL_BACK_TO: 2,
  MIGRATION_REFUSED: 2,
  PLATFORM_REFUSED: 2,
  PLATFORM_UNAVAILABLE: 2,
  DATABASE_UNAVAILABLE: 2,
  LEDGER_UNAVAILABLE: 2,
  MIGRATION_FAILED: 3,
  UPLOAD_FAILED: 3,
  GATE_FAILED: 3,
  ABORTED: 3,
  STUCK: 4,
  LEASE_HELD: 5,
  DRIFT: 6,
  PAUSED: 7,
} as const;

export type DeliveryErrorCode = keyof typeof EXIT_CODES;

/** A delivery that did not end well: what is wrong in `message`, what to do next in `hint`. */
export class DeliveryError extends Error {
  override readonly name = "DeliveryError";
  readonly code: DeliveryErrorCode;
  readonly hint: string;
  readonly retryable: boolean;

  constructor(failure: {
    readonly code: DeliveryErrorCode;
    readonly message: string;
    readonly hint: string;
    readonly retryable?: boolean;
    readonly cause?: unknown;
  }) {
    super(failure.message, failure.cause === undefined ? undefined : { cause: failure.cause });
    this.code = failure.code;
    this.hint = failure.hint;
    this.retryable = failure.retryable ?? false;
  }

  /** What each means is in docs/runbook.md, _Exit codes_. */
  get exitCode(): number {
    return EXIT_CODES[this.code];
  }
}

/** Whether an error says that the ledger can't be reached. */
export function isUnavailable(error: unknown): error is DeliveryError {
  return error instanceof DeliveryError && error.code === "LEDGER_UNAVAILABLE";
}

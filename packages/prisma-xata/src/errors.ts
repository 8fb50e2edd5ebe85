/**
 * Everything that can go wrong between this package and Xata:
 * - `INVALID_URL`: the DSN can't be used.
 * - `UNAUTHORIZED`: the gateway refuses the DSN, or PostgreSQL the login.
 * - `POSTGRES`: PostgreSQL refused the statement; `postgres` has its fields. The statement had no effect.
 * - `REFUSED`: the gateway refused the request. It had no effect.
 * - `BUSY`: too many requests, or the branch sleeps, also after the retries. Nothing ran.
 * - `UNREACHABLE`: no answer. Nothing was written.
 * - `TIMEOUT`: the time limit passed while reading. Nothing was written.
 * - `RESPONSE_TOO_LARGE`: over 10 MB. A write outside a batch or transaction is committed.
 * - `CONNECTION_LOST`: cut inside a transaction before its COMMIT. Nothing of it was written.
 * - `TRANSACTION_CLOSED`: its own side ended the transaction while a statement ran, at a time limit. Nothing of it was written.
 * - `NOT_COMMITTED`: the transaction had failed before, and PostgreSQL answered its COMMIT with a rollback.
 * - `OUTCOME_UNKNOWN`: the connection or the time limit ended after a write or a COMMIT was sent and before its reply. It may have
 *   happened or not: look before repeating. Never repeated by this package.
 * - `PROTOCOL`: an answer that makes no sense.
 */
export type XataErrorCode =
  | "INVALID_URL"
  | "UNAUTHORIZED"
  | "POSTGRES"
  | "REFUSED"
  | "BUSY"
  | "UNREACHABLE"
  | "TIMEOUT"
  | "RESPONSE_TOO_LARGE"
  | "CONNECTION_LOST"
  | "TRANSACTION_CLOSED"
  | "NOT_COMMITTED"
  | "OUTCOME_UNKNOWN"
  | "PROTOCOL";

/** The fields of an error from PostgreSQL. @see https://www.postgresql.org/docs/18/protocol-error-fields.html */
export interface PostgresFields {
  /** SQLSTATE. @see https://www.postgresql.org/docs/18/errcodes-appendix.html */
  readonly code: string;
  readonly message: string;
  readonly severity: string;
  readonly detail?: string | undefined;
  readonly hint?: string | undefined;
  readonly schema?: string | undefined;
  readonly table?: string | undefined;
  readonly column?: string | undefined;
  readonly constraint?: string | undefined;
}

/** A failure with what is wrong in `message` and what to do next in `hint`; neither holds a password. */
export class XataError extends Error {
  override readonly name = "XataError";
  readonly code: XataErrorCode;
  readonly hint: string;
  /** Whether the same call may succeed later without harm. */
  readonly retryable: boolean;
  /** With `POSTGRES`, and with `UNAUTHORIZED` when PostgreSQL refused the login. */
  readonly postgres: PostgresFields | undefined;

  constructor(failure: {
    readonly code: XataErrorCode;
    readonly message: string;
    readonly hint: string;
    readonly retryable?: boolean;
    readonly postgres?: PostgresFields;
    readonly cause?: unknown;
  }) {
    super(failure.message, failure.cause === undefined ? undefined : { cause: failure.cause });
    this.code = failure.code;
    this.hint = failure.hint;
    this.retryable = failure.retryable ?? false;
    this.postgres = failure.postgres;
  }
}

/**
 * Whether a write may or may not have happened. Also true for the error into which Prisma Client turns ours outside of
 * interactive transactions, which keeps nothing but its code.
 */
export function isOutcomeUnknown(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "OUTCOME_UNKNOWN";
}

/** The error for a refusal by PostgreSQL. */
export function postgresError(fields: PostgresFields): XataError {
  const isLogin = fields.code.startsWith("28");
  return new XataError({
    code: isLogin ? "UNAUTHORIZED" : "POSTGRES",
    message: fields.message,
    hint: isLogin
      ? "Check user and password of the DSN; the branch's page in Xata has them."
      : (fields.hint ?? ""),
    retryable: RETRYABLE_STATES.has(fields.code),
    postgres: fields,
  });
}

/** Serialization failure, deadlock, too many connections, not yet started: nothing is left of the statement or transaction. */
const RETRYABLE_STATES: ReadonlySet<string> = new Set(["40001", "40P01", "53300", "57P03"]);

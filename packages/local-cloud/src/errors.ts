/** Every way in which the local cloud itself (not an answer of its API) can fail. */
export type LocalCloudErrorCode =
  | "USAGE"
  | "PORT_TAKEN"
  | "DATA_FOLDER_IN_USE"
  | "DATA_FOLDER_UNUSABLE"
  | "STATE_UNREADABLE"
  | "NOT_RUNNING"
  | "DATABASE_FAILED"
  | "RUNTIME_FAILED";

/** A failure with what is wrong in `message` and what to do next in `hint`. */
export class LocalCloudError extends Error {
  override readonly name = "LocalCloudError";
  readonly code: LocalCloudErrorCode;
  readonly hint: string;
  readonly retryable: boolean;

  constructor(failure: {
    readonly code: LocalCloudErrorCode;
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
}

/** SQLite's codes for a disk that is full, the second where it shares memory. @see https://www.sqlite.org/rescode.html */
const SQLITE_FULL: readonly unknown[] = [13, 4874];

/** The code of a system error such as `EADDRINUSE` or `ENOSPC`, from Node.js, SQLite or the runtime, or undefined. */
export function systemErrorCode(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  if ("errcode" in error && SQLITE_FULL.includes(error.errcode)) return "ENOSPC";
  const code = "code" in error ? error.code : undefined;
  if (code === "ERR_RUNTIME_FAILURE" && /SQLITE_FULL|No space left/u.test(error.message)) return "ENOSPC";
  return typeof code === "string" ? code : undefined;
}

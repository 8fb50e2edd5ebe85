/** What can be wrong with what somebody asks for. Closed: every code has its status in lib/trpc.ts. */
export type AppErrorCode =
  | "not_found"
  | "conflict"
  | "invalid"
  | "too_large"
  /** It was changed on its way: the same again may go well. */
  | "damaged"
  | "rate_limited"
  | "forbidden"
  | "unauthorized"
  | "unavailable";

interface AppErrorOptions {
  readonly code: AppErrorCode;
  /** A sentence for people: what is wrong. */
  readonly message: string;
  /** What to do next, in a sentence. */
  readonly hint?: string;
  /** The input that is wrong, by its path. */
  readonly field?: string;
  readonly retryAfterSeconds?: number;
  readonly cause?: unknown;
}

/** A refusal whose words may go to whoever asked. Whatever else is thrown is a defect or the environment's. */
export class AppError extends Error {
  override readonly name = "AppError";
  readonly code: AppErrorCode;
  readonly hint: string | undefined;
  readonly field: string | undefined;
  readonly retryAfterSeconds: number | undefined;

  constructor({ code, message, hint, field, retryAfterSeconds, cause }: AppErrorOptions) {
    super(message, { cause });
    this.code = code;
    this.hint = hint;
    this.field = field;
    this.retryAfterSeconds = retryAfterSeconds;
  }
}

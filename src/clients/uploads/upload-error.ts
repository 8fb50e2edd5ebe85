/** What went wrong with an upload, in words for its owner. */
export class UploadError extends Error {
  override readonly name = "UploadError";
  /** FM5's code, or `offline` when it can't be reached. */
  readonly code: string;
  /** Whether the same again may go well. */
  readonly retryable: boolean;
  readonly retryAfterMs: number;

  constructor(options: { code: string; message: string; retryable: boolean; retryAfterMs?: number }) {
    super(options.message);
    this.code = options.code;
    this.retryable = options.retryable;
    this.retryAfterMs = options.retryAfterMs ?? 0;
  }
}

const PASSING = ["damaged", "rate_limited", "unavailable"];

export function offline(): UploadError {
  return new UploadError({
    code: "offline",
    message: "FM5 can’t be reached. Please check your connection.",
    retryable: true,
  });
}

/** What an answer that is no success says. */
export function refusalIn(answer: {
  readonly status: number;
  readonly retryAfter: string | null;
  readonly body: unknown;
}): UploadError {
  const error = field(answer.body, "error");
  const code = textOf(field(error, "code")) ?? "internal";
  const words = [textOf(field(error, "message")), textOf(field(error, "hint"))].filter(
    (text) => text !== null,
  );
  return new UploadError({
    code,
    message: words.length === 0 ? "Something failed here. Please try again in a moment." : words.join(" "),
    retryable: answer.status >= 500 || PASSING.includes(code),
    retryAfterMs: Number(answer.retryAfter ?? 0) * 1000 || 0,
  });
}

function field(value: unknown, name: string): unknown {
  return typeof value === "object" && value !== null ? Reflect.get(value, name) : undefined;
}

function textOf(value: unknown): string | null {
  return typeof value === "string" && value !== "" ? value : null;
}

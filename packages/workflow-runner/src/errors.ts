export type WorkflowErrorCode = "USAGE" | "WORKFLOW_INVALID" | "EXPRESSION_INVALID" | "UNSUPPORTED";

/** A workflow that can't be run: what is wrong in `message`, what to do next in `hint`. A failing job is no error but a result. */
export class WorkflowError extends Error {
  override readonly name = "WorkflowError";
  readonly code: WorkflowErrorCode;
  readonly hint: string;
  readonly retryable = false;

  constructor(failure: {
    readonly code: WorkflowErrorCode;
    readonly message: string;
    readonly hint: string;
    readonly cause?: unknown;
  }) {
    super(failure.message, failure.cause === undefined ? undefined : { cause: failure.cause });
    this.code = failure.code;
    this.hint = failure.hint;
  }
}

/** Refusals by name, with the status of each. @see https://resend.com/docs/api-reference/errors */
const STATUS = {
  invalid_idempotency_key: 400,
  missing_api_key: 401,
  invalid_api_key: 403,
  not_found: 404,
  method_not_allowed: 405,
  invalid_idempotent_request: 409,
  validation_error: 422,
  missing_required_field: 422,
  invalid_attachment: 422,
  rate_limit_exceeded: 429,
} as const;

type ProblemName = keyof typeof STATUS;

/** Thrown where a request is refused; `answerResend` writes it. */
export class Problem extends Error {
  override readonly name = "Problem";
  readonly status: number;
  readonly #problem: ProblemName;

  /** `status` where it isn't the name's usual one. */
  constructor(problem: ProblemName, message: string, status: number = STATUS[problem]) {
    super(message);
    this.#problem = problem;
    this.status = status;
  }

  body(): Readonly<Record<string, unknown>> {
    return { statusCode: this.status, name: this.#problem, message: this.message };
  }
}

/** An answer of the API that refuses the request: the handler throws it, the server writes it as an error envelope. */
export class Refusal extends Error {
  override readonly name = "Refusal";
  readonly status: number;
  readonly errors: readonly ApiErrorEntry[];
  readonly headers: Readonly<Record<string, string>>;

  constructor(
    status: number,
    errors: readonly ApiErrorEntry[],
    headers: Readonly<Record<string, string>> = {},
  ) {
    super(errors.map((entry) => `${entry.message} [code: ${entry.code}]`).join("; "));
    this.status = status;
    this.errors = errors;
    this.headers = headers;
  }
}

export interface ApiErrorEntry {
  readonly code: number;
  readonly message: string;
  readonly error_chain?: readonly ApiErrorEntry[];
}

/** A refusal with a single error, as nearly all are. */
export function refusal(status: number, code: number, message: string): Refusal {
  return new Refusal(status, [{ code, message }]);
}

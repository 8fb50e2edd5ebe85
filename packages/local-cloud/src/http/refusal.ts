/** An answer of the API that refuses the request: the handler throws it, the server writes it as an error envelope. */
export class Refusal extends Error {
  override readonly name = "Refusal";
  readonly status: number;
  readonly errors: readonly ApiErrorEntry[];

  constructor(status: number, errors: readonly ApiErrorEntry[]) {
    super(errors.map((entry) => `${entry.message} [code: ${entry.code}]`).join("; "));
    this.status = status;
    this.errors = errors;
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

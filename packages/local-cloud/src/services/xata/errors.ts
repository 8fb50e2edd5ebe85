import { DatabaseError } from "pg";

/**
 * A refusal by the gateway itself, as it appears on the wire.
 * @see https://github.com/xataio/xata/blob/f9d5e6cd89e02ea52c1a29a35184b7f11ce98186/services/gateway/serverless/http.go and the
 * tests beside it, which pin the status of each code. A later revision (in the repository's openapi/gateway.yaml) answers
 * QUERY_TIMEOUT and RESPONSE_TOO_LARGE with 400 and adds 504 GATEWAY_TIMEOUT and 404 BRANCH_NOT_FOUND: clients should go by
 * `code`.
 */
const REFUSALS = {
  UNAUTHORIZED: 401,
  FORBIDDEN: 403,
  BAD_REQUEST: 400,
  INVALID_HOST: 400,
  /** The query did not run. */
  BRANCH_HIBERNATED: 409,
  QUERY_TIMEOUT: 504,
  /** The query ran: a write outside a batch is committed. */
  RESPONSE_TOO_LARGE: 507,
  /** Anything else, an unreachable database among them. */
  XX000: 500,
} as const;

export type RefusalCode = keyof typeof REFUSALS;

/** Status and body of an answer that isn't a result. */
export interface FailedAnswer {
  readonly status: number;
  readonly body: Readonly<Record<string, string>>;
}

/** Thrown where a request is refused; becomes an answer by `failedAnswer`. Not a failure of the local cloud. */
export class Refusal extends Error {
  override readonly name = "Refusal";
  readonly code: RefusalCode;

  constructor(code: RefusalCode, message: string) {
    super(message);
    this.code = code;
  }
}

const POSTGRES_FIELDS = [
  "code",
  "severity",
  "detail",
  "hint",
  "position",
  "internalPosition",
  "internalQuery",
  "where",
  "schema",
  "table",
  "column",
  "dataType",
  "constraint",
  "file",
  "line",
  "routine",
] as const;

/**
 * The answer for whatever went wrong. PostgreSQL's own errors, a refused login included, are 400 with all of their fields that
 * have a value; a database that can't be reached is 500 XX000.
 */
export function failedAnswer(error: unknown): FailedAnswer {
  if (error instanceof Refusal) return refuse(error.code, error.message);
  if (error instanceof DatabaseError) return { status: 400, body: postgresFields(error) };
  return refuse("XX000", withoutCredentials(error instanceof Error ? error.message : String(error)));
}

/** Replaces user and password of each URL in `text`. */
function withoutCredentials(text: string): string {
  return text.replaceAll(/:\/\/[^@\s/]*@/gu, "://REDACTED@");
}

function refuse(code: RefusalCode, message: string): FailedAnswer {
  return { status: REFUSALS[code], body: { message, code } };
}

function postgresFields(error: DatabaseError): Readonly<Record<string, string>> {
  const fields = POSTGRES_FIELDS.flatMap((name) => {
    const value = error[name];
    return value === undefined || value === "" ? [] : [[name, value] as const];
  });
  return { message: error.message, ...Object.fromEntries(fields) };
}

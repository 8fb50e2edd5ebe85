import { isDriverAdapterError, type DriverAdapterError } from "@prisma/driver-adapter-utils";

/** A failure as Prisma's CLI shows it. */
export class EngineFailure extends Error {
  override readonly name = "EngineFailure";
  /** Prisma's code, such as P3018. @see https://www.prisma.io/docs/orm/reference/error-reference */
  readonly code: string | undefined;

  constructor(
    message: string,
    options: { readonly code?: string | undefined; readonly cause?: unknown } = {},
  ) {
    super(message, { cause: options.cause });
    this.code = options.code;
  }

  static from(error: unknown): EngineFailure {
    if (error instanceof EngineFailure) return error;
    if (!(error instanceof Error)) return new EngineFailure(String(error));
    if (isDriverAdapterError(error)) return connectionFailure(error);
    const code = "code" in error && typeof error.code === "string" ? error.code : undefined;
    return new EngineFailure(withoutSpanTrace(error.message), { code, cause: error });
  }
}

/** Why a database couldn't be reached, in Prisma's own words and with its code, by which the CLI decides what to do next. */
function connectionFailure(error: DriverAdapterError): EngineFailure {
  const { cause } = error;
  const fail = (code: string, message: string) => new EngineFailure(message, { code, cause: error });
  if (cause.kind === "AuthenticationFailed") {
    return fail("P1000", `Authentication failed: the credentials for \`${cause.user ?? ""}\` are not valid.`);
  }
  if (cause.kind === "DatabaseNotReachable") {
    return fail("P1001", `Can't reach the database server at \`${cause.host ?? ""}:${cause.port ?? ""}\`.`);
  }
  if (cause.kind === "DatabaseDoesNotExist") {
    return fail("P1003", `Database \`${cause.db ?? ""}\` does not exist on the database server.`);
  }
  return new EngineFailure(cause.originalMessage ?? error.message, { cause: error });
}

/** Where in the engine it happened helps nobody who reads it in a terminal. */
function withoutSpanTrace(message: string): string {
  return message.replace(/\n\s+0: [\s\S]*$/u, "");
}

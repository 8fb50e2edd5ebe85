import { DriverAdapterError, type MappedError } from "@prisma/driver-adapter-utils";
import type { Endpoint } from "../dsn.ts";
import { XataError, type PostgresFields } from "../errors.ts";

/**
 * The error that Prisma understands, so that P2002, P2003 and the rest come out as with `@prisma/adapter-pg`. What Prisma has no
 * kind for, an unknown outcome above all, stays a XataError.
 */
export function prismaError(error: unknown, endpoint: Endpoint): unknown {
  if (!(error instanceof XataError)) return error;
  const mapped =
    error.postgres === undefined ? gatewayFailure(error, endpoint) : postgresFailure(error.postgres);
  if (mapped === undefined) return error;
  const originalCode = error.postgres?.code ?? error.code;
  return new DriverAdapterError({ originalCode, originalMessage: error.message, ...mapped });
}

function gatewayFailure(error: XataError, endpoint: Endpoint): MappedError | undefined {
  const { user, host, port } = endpoint;
  if (error.code === "UNAUTHORIZED") return { kind: "AuthenticationFailed", user };
  if (error.code === "UNREACHABLE") return { kind: "DatabaseNotReachable", host, port };
  if (error.code === "TIMEOUT") return { kind: "SocketTimeout" };
  if (error.code === "TRANSACTION_CLOSED") return { kind: "TransactionAlreadyClosed", cause: error.message };
  return error.code === "CONNECTION_LOST" ? { kind: "ConnectionClosed" } : undefined;
}

/** @see https://github.com/prisma/prisma/blob/7.10.0/packages/adapter-pg/src/errors.ts whose kinds these are, state by state */
export function postgresFailure(error: PostgresFields): MappedError {
  switch (error.code) {
    case "22001":
      return { kind: "LengthMismatch", ...(error.column !== undefined && { column: error.column }) };
    case "22003":
      return { kind: "ValueOutOfRange", cause: error.message };
    case "22P02":
      return { kind: "InvalidInputValue", message: error.message };
    case "23505":
      return uniqueViolation(error);
    case "23502":
      return { kind: "NullConstraintViolation", ...withConstraint(fieldsOf(error)) };
    case "23503":
      return { kind: "ForeignKeyConstraintViolation", ...withConstraint(columnOrIndex(error)) };
    case "23001":
      return { kind: "RestrictViolation", ...withConstraint(columnOrIndex(error)) };
    case "40001":
    case "40P01":
      return { kind: "TransactionWriteConflict" };
    case "53300":
      return { kind: "TooManyConnections", cause: error.message };
    default:
      return nameFailure(error) ?? otherFailure(error);
  }
}

/** Failures of which PostgreSQL gives the name only in the message. */
function nameFailure(error: PostgresFields): MappedError | undefined {
  const name = /"([^"]*)"/u.exec(error.message)?.[1];
  switch (error.code) {
    case "3D000":
      return { kind: "DatabaseDoesNotExist", ...(name !== undefined && { db: name }) };
    case "28000":
      return accessDenied(error.message);
    case "28P01":
      return { kind: "AuthenticationFailed", ...(name !== undefined && { user: name }) };
    case "42P01":
      return { kind: "TableDoesNotExist", ...(name !== undefined && { table: name }) };
    case "42P04":
      return { kind: "DatabaseAlreadyExists", ...(name !== undefined && { db: name }) };
    case "42703":
      return columnNotFound(error.message);
    default:
      return undefined;
  }
}

function otherFailure(error: PostgresFields): MappedError {
  const { code, severity, message, detail, column, hint } = error;
  return { kind: "postgres", code, severity, message, detail, column, hint };
}

function accessDenied(message: string): MappedError {
  const db = /database "([^"]*)"/u.exec(message)?.[1];
  return { kind: "DatabaseAccessDenied", ...(db !== undefined && { db }) };
}

function columnNotFound(message: string): MappedError {
  const raw = /^column (.+) does not exist$/u.exec(message)?.[1];
  const column = raw?.replaceAll(/"((?:""|[^"])*)"/gu, (_, name: string) => name.replaceAll('""', '"'));
  return { kind: "ColumnNotFound", ...(column !== undefined && { column }) };
}

type Constraint = { fields: string[] } | { index: string };

function withConstraint(constraint: Constraint | undefined): { constraint?: Constraint } {
  return constraint === undefined ? {} : { constraint };
}

function uniqueViolation(error: PostgresFields): MappedError {
  const constraint = error.constraint === undefined ? fieldsOf(error) : { index: error.constraint };
  return {
    kind: "UniqueConstraintViolation",
    ...withConstraint(constraint),
    ...(error.table !== undefined && { table: error.table }),
  };
}

function fieldsOf(error: PostgresFields): { fields: string[] } | undefined {
  const fields = /Key \(([^)]+)\)/u.exec(error.detail ?? "")?.[1];
  return fields === undefined ? undefined : { fields: fields.split(", ") };
}

function columnOrIndex(error: PostgresFields): Constraint | undefined {
  if (error.column !== undefined) return { fields: [error.column] };
  return error.constraint === undefined ? undefined : { index: error.constraint };
}

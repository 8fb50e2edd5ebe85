import { postgresError, XataError, type PostgresFields } from "../errors.ts";
import type { TextResult } from "../result.ts";

/** An answer of the gateway that isn't a result. */
export interface Refusal {
  readonly status: number;
  readonly body: string;
}

const SQLSTATE = /^[0-9A-Z]{5}$/u;

/** @throws {XataError} PROTOCOL */
export function parseResult(document: unknown): TextResult {
  if (!isRecord(document)) throw nonsense(document);
  const { fields, rows, command, rowCount } = document;
  if (!Array.isArray(fields) || !Array.isArray(rows) || typeof command !== "string") throw nonsense(document);
  return {
    columns: fields.map(parseColumn),
    rows: rows.map(parseRow),
    command,
    rowCount: typeof rowCount === "number" ? rowCount : null,
  };
}

/** @throws {XataError} PROTOCOL */
export function parseResults(document: unknown): readonly TextResult[] {
  const results = isRecord(document) ? document["results"] : undefined;
  if (!Array.isArray(results)) throw nonsense(document);
  return results.map(parseResult);
}

/** @throws {XataError} PROTOCOL */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw nonsense(text);
  }
}

/**
 * The error for an answer that isn't a result. `wrote`: whether the request could have changed something, so that a failure on
 * the way leaves its outcome unknown. The code decides, not the status: revisions of the gateway differ in the latter.
 * @see https://github.com/xataio/xata/tree/f9d5e6cd89e02ea52c1a29a35184b7f11ce98186/services/gateway/serverless
 */
export function refusalError(refusal: Refusal, wrote: boolean): XataError {
  const body = bodyOf(refusal);
  const code = body["code"] ?? "";
  const message = body["message"] ?? `The database gateway answered with status ${refusal.status}.`;
  if (code === "RESPONSE_TOO_LARGE") return tooLarge(message);
  if (code === "QUERY_TIMEOUT" || refusal.status === 504)
    return wrote ? outcomeUnknown(message) : timedOut(message);
  if (SQLSTATE.test(code) && refusal.status === 400) return postgresError(postgresFields(body, message));
  if (refusal.status === 401 || refusal.status === 403) return unauthorized(message);
  if (refusal.status === 409 || refusal.status === 429) return busy(message);
  if (refusal.status >= 500) return wrote ? outcomeUnknown(message) : unreachable(message);
  return new XataError({
    code: "REFUSED",
    message,
    hint: "The request itself must change; repeating it won't help.",
  });
}

/** The error for a request that got no answer. */
export function networkError(wrote: boolean, cause: unknown): XataError {
  const message = "The connection to the database gateway failed.";
  return wrote ? outcomeUnknown(message, cause) : unreachable(message, cause);
}

/** The error for a request whose time limit passed. */
export function timeoutError(wrote: boolean, cause: unknown): XataError {
  const message = "The database gateway didn't answer in time.";
  return wrote ? outcomeUnknown(message, cause) : timedOut(message, cause);
}

export function outcomeUnknown(message: string, cause?: unknown): XataError {
  return new XataError({
    code: "OUTCOME_UNKNOWN",
    message: `${message} Whether the write happened is unknown.`,
    hint: "Read whether it happened before you repeat it.",
    cause,
  });
}

export function unreachable(message: string, cause?: unknown): XataError {
  const hint = "Look whether the branch runs and the DSN's host is right. Nothing was written.";
  return new XataError({ code: "UNREACHABLE", message, hint, retryable: true, cause });
}

function timedOut(message: string, cause?: unknown): XataError {
  const hint = "Make the query cheaper: an index, fewer rows. Nothing was written.";
  return new XataError({ code: "TIMEOUT", message, hint, cause });
}

function tooLarge(message: string): XataError {
  const hint = "Ask for fewer rows or columns. A write outside of a transaction is committed.";
  return new XataError({ code: "RESPONSE_TOO_LARGE", message, hint });
}

function unauthorized(message: string): XataError {
  return new XataError({
    code: "UNAUTHORIZED",
    message,
    hint: "Check the DSN; the branch's page in Xata has it.",
  });
}

function busy(message: string): XataError {
  return new XataError({
    code: "BUSY",
    message,
    hint: "Try again in a moment. Nothing ran.",
    retryable: true,
  });
}

function postgresFields(body: Readonly<Record<string, string>>, message: string): PostgresFields {
  const { code = "", severity = "ERROR", detail, hint, schema, table, column, constraint } = body;
  return { code, message, severity, detail, hint, schema, table, column, constraint };
}

function bodyOf(refusal: Refusal): Readonly<Record<string, string>> {
  let document: unknown;
  try {
    document = JSON.parse(refusal.body);
  } catch {
    return {};
  }
  const entries = isRecord(document) ? Object.entries(document) : [];
  return Object.fromEntries(
    entries.flatMap(([name, value]) => (typeof value === "string" ? [[name, value]] : [])),
  );
}

function parseColumn(field: unknown): TextResult["columns"][number] {
  if (!isRecord(field)) throw nonsense(field);
  const { name, dataTypeID } = field;
  if (typeof name !== "string" || typeof dataTypeID !== "number") throw nonsense(field);
  return { name, typeId: dataTypeID };
}

function parseRow(row: unknown): readonly (string | null)[] {
  if (!Array.isArray(row)) throw nonsense(row);
  return row.map((value: unknown) => {
    if (value === null || typeof value === "string") return value;
    throw nonsense(value);
  });
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function nonsense(document: unknown): XataError {
  const seen = (typeof document === "string" ? document : (JSON.stringify(document) ?? "nothing")).slice(
    0,
    80,
  );
  return new XataError({
    code: "PROTOCOL",
    message: `The database gateway's answer makes no sense: ${seen}`,
    hint: "Look whether the DSN's host is a Xata branch, and whether a proxy answers in its place.",
  });
}

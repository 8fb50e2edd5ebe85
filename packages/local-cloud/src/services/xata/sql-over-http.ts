import { Refusal } from "./errors.ts";

/**
 * The protocol of `POST /sql`: what a request says and how a result is written, without any I/O.
 * @see https://github.com/xataio/xata/tree/f9d5e6cd89e02ea52c1a29a35184b7f11ce98186/services/gateway/serverless for every rule
 */
export interface SqlRequest {
  readonly connection: Connection;
  readonly rawTextOutput: boolean;
  /** One transaction, or a single statement with a transaction of its own. */
  readonly batch: TransactionOptions | undefined;
  readonly statements: readonly Statement[];
}

export interface Connection {
  readonly host: string;
  readonly user: string;
  readonly password: string;
  readonly database: string;
}

export interface Statement {
  readonly text: string;
  readonly parameters: readonly (string | null)[];
  readonly arrayMode: boolean;
}

export interface TransactionOptions {
  readonly isolationLevel: string;
  readonly readOnly: boolean;
  readonly deferrable: boolean;
}

export const LIMITS = {
  queriesPerBatch: 100,
  parametersPerQuery: 65_535,
  queryMs: 30_000,
  responseBytes: 10 * 1024 * 1024,
  bodyBytes: 64 * 1024 * 1024,
} as const;

const ISOLATION_LEVELS: Readonly<Record<string, string>> = {
  ReadUncommitted: "READ UNCOMMITTED",
  ReadCommitted: "READ COMMITTED",
  RepeatableRead: "REPEATABLE READ",
  Serializable: "SERIALIZABLE",
};

/** Header values by lower-case name, as Node.js gives them. */
export type Headers = Readonly<Record<string, string | string[] | undefined>>;

/**
 * Reads and checks a request.
 * @throws {Refusal} UNAUTHORIZED for a connection string that is missing or unusable (whether its password is right, PostgreSQL
 * says), BAD_REQUEST for the rest
 */
export function parseSqlRequest(headers: Headers, body: string): SqlRequest {
  const connection = parseConnectionString(header(headers, "connection-string"));
  const arrayMode = header(headers, "array-mode") === "true";
  const { isBatch, queries } = parseBody(body);
  checkCounts(isBatch, queries);
  return {
    connection,
    rawTextOutput: header(headers, "raw-text-output") === "true",
    batch: isBatch ? parseTransactionOptions(headers) : undefined,
    statements: queries.map((query) => ({
      text: query.text,
      parameters: query.parameters.map(parameterText),
      arrayMode: query.arrayMode ?? arrayMode,
    })),
  };
}

/** A header by its bare name, or with any prefix such as `Neon-` or `Xata-`; the bare one wins. */
export function header(headers: Headers, name: string): string | undefined {
  const key = headers[name] ? name : Object.keys(headers).find((candidate) => candidate.endsWith(`-${name}`));
  const value = key === undefined ? undefined : headers[key];
  return Array.isArray(value) ? value[0] : value;
}

export function parseConnectionString(text: string | undefined): Connection {
  if (text === undefined || text === "")
    throw new Refusal("UNAUTHORIZED", "missing Connection-String header");
  const url = URL.parse(text);
  const user = decoded(url?.username);
  const password = decoded(url?.password);
  const isPostgres = url?.protocol === "postgres:" || url?.protocol === "postgresql:";
  if (!url || !isPostgres || !user || !password || url.hostname === "") {
    throw new Refusal("UNAUTHORIZED", "invalid connection string format");
  }
  return { host: url.hostname, user, password, database: decoded(url.pathname.slice(1)) ?? "" };
}

interface Query {
  readonly text: string;
  readonly parameters: readonly unknown[];
  readonly arrayMode: boolean | undefined;
}

function parseBody(body: string): { readonly isBatch: boolean; readonly queries: readonly Query[] } {
  const document = parseJson(body);
  if (Array.isArray(document)) return { isBatch: true, queries: document.map(parseQuery) };
  if (!isRecord(document)) throw invalidRequest();
  const queries = document["queries"] ?? undefined;
  if (queries === undefined) return { isBatch: false, queries: [parseQuery(document)] };
  if (!Array.isArray(queries)) throw invalidRequest();
  return { isBatch: true, queries: queries.map(parseQuery) };
}

function parseQuery(item: unknown): Query {
  if (!isRecord(item)) throw invalidRequest();
  const text = item["query"] ?? "";
  const parameters = item["params"] ?? [];
  const arrayMode = item["arrayMode"] ?? undefined;
  if (typeof text !== "string" || !Array.isArray(parameters)) throw invalidRequest();
  if (arrayMode !== undefined && typeof arrayMode !== "boolean") throw invalidRequest();
  return { text, parameters, arrayMode };
}

function checkCounts(isBatch: boolean, queries: readonly Query[]): void {
  if (queries.length > LIMITS.queriesPerBatch) {
    throw badRequest(`too many queries: maximum ${LIMITS.queriesPerBatch} allowed`);
  }
  for (const [index, query] of queries.entries()) {
    if (query.text === "") throw badRequest(isBatch ? `query at index ${index} is empty` : "missing query");
    if (query.parameters.length > LIMITS.parametersPerQuery) {
      const where = isBatch ? `query at index ${index} has ` : "";
      throw badRequest(`${where}too many parameters: maximum ${LIMITS.parametersPerQuery} allowed`);
    }
  }
}

function parseTransactionOptions(headers: Headers): TransactionOptions {
  const requested = header(headers, "batch-isolation-level") ?? "ReadCommitted";
  const isolationLevel = Object.hasOwn(ISOLATION_LEVELS, requested) ? ISOLATION_LEVELS[requested] : undefined;
  if (isolationLevel === undefined) throw badRequest(`invalid isolation level: ${requested}`);
  return {
    isolationLevel,
    readOnly: header(headers, "batch-read-only") === "true",
    deferrable: header(headers, "batch-deferrable") === "true",
  };
}

/** The statement that opens a batch's transaction. */
export function beginStatement(options: TransactionOptions): string {
  const access = options.readOnly ? "READ ONLY" : "READ WRITE";
  const deferrable = options.deferrable ? "DEFERRABLE" : "NOT DEFERRABLE";
  return `BEGIN ISOLATION LEVEL ${options.isolationLevel} ${access} ${deferrable}`;
}

/**
 * A JSON parameter in PostgreSQL's text form. Numbers pass through a double, as they do in the real gateway at this revision:
 * integers above 2^53 must be sent as text.
 */
export function parameterText(value: unknown): string | null {
  if (value === null || value === undefined) return null;
  if (typeof value === "string") return value;
  return Array.isArray(value) ? arrayLiteral(value) : JSON.stringify(value);
}

function arrayLiteral(values: readonly unknown[]): string {
  const elements = values.map((value) => {
    if (value === null) return "NULL";
    if (Array.isArray(value)) return arrayLiteral(value);
    if (typeof value === "boolean") return value ? "t" : "f";
    if (typeof value === "number") return String(value);
    const text = typeof value === "string" ? value : JSON.stringify(value);
    return `"${text.replaceAll(/["\\]/gu, String.raw`\$&`)}"`;
  });
  return `{${elements.join(",")}}`;
}

function decoded(text: string | undefined): string | undefined {
  if (text === undefined) return undefined;
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}

function parseJson(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    throw invalidRequest();
  }
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function badRequest(message: string): Refusal {
  return new Refusal("BAD_REQUEST", message);
}

function invalidRequest(): Refusal {
  return badRequest("invalid request");
}

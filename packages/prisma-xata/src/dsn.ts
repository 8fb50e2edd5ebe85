import { XataError } from "./errors.ts";

/** What a DSN says, and where its branch is asked. */
export interface Endpoint {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password: string;
  readonly database: string;
  /** For `POST`s of SQL. */
  readonly sqlUrl: string;
  /** For PostgreSQL's protocol over a WebSocket. */
  readonly webSocketUrl: string;
  /** The credential of an HTTP request: the DSN without its options, which have no effect there. */
  readonly connectionString: string;
}

const POSTGRES_PORT = 5432;

/**
 * Reads the DSN of a Xata branch. HTTP and WebSockets are on port 443 with TLS; with `sslmode=disable`, which only a local
 * gateway has, they are on the DSN's own port without TLS.
 * @throws {XataError} INVALID_URL
 * @see https://xata.io/docs/core-concepts/serverless-proxy
 */
export function parseDsn(text: string): Endpoint {
  const url = URL.parse(text);
  const isPostgres = url?.protocol === "postgres:" || url?.protocol === "postgresql:";
  if (!url || !isPostgres) throw invalid("it isn't a postgresql:// URL");
  if (url.username === "" || url.password === "") throw invalid("it has no user or no password");
  const database = decode(url.pathname.slice(1));
  if (url.hostname === "" || database === "") throw invalid("it has no host or no database");
  const port = url.port === "" ? POSTGRES_PORT : Number(url.port);
  const plain = url.searchParams.get("sslmode") === "disable";
  const authority = plain ? `${url.hostname}:${port}` : url.hostname;
  return {
    host: url.hostname,
    port,
    user: decode(url.username),
    password: decode(url.password),
    database,
    sqlUrl: `${plain ? "http" : "https"}://${authority}/sql`,
    webSocketUrl: `${plain ? "ws" : "wss"}://${authority}/v2`,
    connectionString: `postgresql://${url.username}:${url.password}@${url.host}${url.pathname}`,
  };
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch (cause) {
    throw invalid("a % in it isn't written as %25", cause);
  }
}

function invalid(what: string, cause?: unknown): XataError {
  return new XataError({
    code: "INVALID_URL",
    message: `The database URL can't be used: ${what}.`,
    hint: "It has the form postgresql://USER:PASSWORD@HOST/DATABASE?sslmode=require; the branch's page in Xata has it.",
    cause,
  });
}

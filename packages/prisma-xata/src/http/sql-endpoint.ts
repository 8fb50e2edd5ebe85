import type { Endpoint } from "../dsn.ts";
import { XataError } from "../errors.ts";
import type { IsolationLevel, Statement, TextResult } from "../result.ts";
import { networkError, parseJson, parseResult, parseResults, refusalError, timeoutError } from "./answer.ts";
import { isPlainSelect } from "./plain-select.ts";
import { pauseBeforeRetry, type AttemptFailure } from "./retry.ts";

export type Fetch = (url: string, init: RequestInit) => Promise<Response>;

export interface SqlEndpointOptions {
  readonly endpoint: Endpoint;
  readonly fetch: Fetch;
  /** Of each attempt, in milliseconds. */
  readonly timeoutMs: number;
  readonly random: () => number;
  readonly pause: (milliseconds: number) => Promise<void>;
}

export interface CallOptions {
  /** Ends the call, retries included. */
  readonly signal?: AbortSignal | undefined;
}

export interface BatchOptions extends CallOptions {
  readonly isolationLevel?: IsolationLevel | undefined;
  readonly readOnly?: boolean | undefined;
}

/**
 * A branch's `POST /sql`. Holds no connection and nothing of a request, so one may serve all requests of a Worker.
 * @see https://xata.io/docs/core-concepts/serverless-proxy
 */
export interface SqlEndpoint {
  /** One statement in a transaction of its own. @throws {XataError} */
  run(statement: Statement, options?: CallOptions): Promise<TextResult>;
  /** All statements in one transaction and one request; at most 100. @throws {XataError} */
  runBatch(statements: readonly Statement[], options?: BatchOptions): Promise<readonly TextResult[]>;
}

export function sqlEndpoint(options: SqlEndpointOptions): SqlEndpoint {
  return {
    run: async (statement, call = {}) =>
      parseResult(
        await post(options, {
          body: { query: statement.sql, params: statement.parameters },
          headers: {},
          repeatable: isPlainSelect(statement.sql),
          signal: call.signal,
        }),
      ),
    runBatch: async (statements, call = {}) =>
      parseResults(
        await post(options, {
          body: { queries: statements.map(({ sql, parameters }) => ({ query: sql, params: parameters })) },
          headers: batchHeaders(call),
          repeatable: call.readOnly === true || statements.every(({ sql }) => isPlainSelect(sql)),
          signal: call.signal,
        }),
      ),
  };
}

interface SqlRequest {
  readonly body: unknown;
  readonly headers: Readonly<Record<string, string>>;
  readonly repeatable: boolean;
  readonly signal: AbortSignal | undefined;
}

function batchHeaders(options: BatchOptions): Readonly<Record<string, string>> {
  return {
    ...(options.isolationLevel && { "Batch-Isolation-Level": options.isolationLevel }),
    ...(options.readOnly && { "Batch-Read-Only": "true" }),
  };
}

type Outcome =
  | { readonly kind: "answered"; readonly document: unknown }
  | { readonly kind: "failed"; readonly failure: AttemptFailure | undefined; readonly error: XataError };

async function post(options: SqlEndpointOptions, request: SqlRequest): Promise<unknown> {
  for (let attempt = 1; ; attempt += 1) {
    const outcome = await attemptOnce(options, request);
    if (outcome.kind === "answered") return outcome.document;
    const circumstances = {
      attempt,
      repeatable: request.repeatable,
      random: options.random(),
      now: Date.now(),
    };
    const pause = outcome.failure && pauseBeforeRetry(outcome.failure, circumstances);
    if (pause === undefined || request.signal?.aborted) throw outcome.error;
    await options.pause(pause);
  }
}

async function attemptOnce(options: SqlEndpointOptions, request: SqlRequest): Promise<Outcome> {
  const wrote = !request.repeatable;
  const limit = new AbortController();
  const timer = setTimeout(() => limit.abort(), options.timeoutMs);
  try {
    const response = await options.fetch(
      options.endpoint.sqlUrl,
      requestInit(options.endpoint, request, limit.signal),
    );
    return await outcomeOf(response, wrote);
  } catch (cause) {
    if (cause instanceof XataError) throw cause;
    const ended = limit.signal.aborted || request.signal?.aborted === true;
    return ended
      ? { kind: "failed", failure: undefined, error: timeoutError(wrote, cause) }
      : { kind: "failed", failure: { kind: "network" }, error: networkError(wrote, cause) };
  } finally {
    clearTimeout(timer);
  }
}

async function outcomeOf(response: Response, wrote: boolean): Promise<Outcome> {
  const { status } = response;
  const retryAfter = response.headers.get("retry-after");
  const body = await response.text();
  if (status === 200) return { kind: "answered", document: parseJson(body) };
  return {
    kind: "failed",
    failure: { kind: "status", status, retryAfter },
    error: refusalError({ status, body }, wrote),
  };
}

function requestInit(endpoint: Endpoint, request: SqlRequest, limit: AbortSignal): RequestInit {
  return {
    method: "POST",
    headers: {
      "Content-Type": "application/json",
      "Connection-String": endpoint.connectionString,
      "Array-Mode": "true",
      "Raw-Text-Output": "true",
      ...request.headers,
    },
    body: JSON.stringify(request.body),
    signal: request.signal === undefined ? limit : AbortSignal.any([limit, request.signal]),
  };
}

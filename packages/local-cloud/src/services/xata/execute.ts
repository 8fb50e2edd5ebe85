import { Query, type PoolClient, type QueryResult } from "pg";
import { Refusal } from "./errors.ts";
import { resultJson, rowJson, type RowFormat, type TextRow } from "./result-json.ts";
import type { Session } from "./session-pool.ts";
import { beginStatement, LIMITS, type SqlRequest, type Statement } from "./sql-over-http.ts";

export interface ExecutionLimits {
  readonly queryMs: number;
  readonly responseBytes: number;
}

/**
 * Runs a request's statements and comes back with the body of the answer. A batch is one transaction: the first error rolls all
 * of it back.
 * @throws {Refusal} QUERY_TIMEOUT after `limits.queryMs` for the whole request (the session is then closed and whatever ran is
 * cancelled), RESPONSE_TOO_LARGE
 * @throws {DatabaseError} PostgreSQL's own errors
 */
export async function execute(
  session: Session,
  request: SqlRequest,
  limits: ExecutionLimits = LIMITS,
): Promise<string> {
  const timer = Promise.withResolvers<never>();
  const timeout = setTimeout(() => {
    session.abort();
    timer.reject(new Refusal("QUERY_TIMEOUT", "query exceeded the timeout limit"));
  }, limits.queryMs);
  const work = runStatements(session.client, request, limits);
  work.catch(() => {
    // Whoever loses the race below still fails, later and unheard.
  });
  try {
    return await Promise.race([work, timer.promise]);
  } finally {
    clearTimeout(timeout);
  }
}

async function runStatements(
  client: PoolClient,
  request: SqlRequest,
  limits: ExecutionLimits,
): Promise<string> {
  const run = async (statement: Statement) =>
    runStatement(client, statement, {
      format: { arrayMode: statement.arrayMode, rawTextOutput: request.rawTextOutput },
      responseBytes: limits.responseBytes,
    });
  const [only] = request.statements;
  if (request.batch === undefined) return only === undefined ? "{}" : run(only);
  const results: string[] = [];
  await client.query(beginStatement(request.batch));
  try {
    for (const statement of request.statements) results.push(await run(statement));
  } catch (error) {
    await client.query("ROLLBACK").catch(() => "the session is closed when it is given back");
    throw error;
  }
  await client.query("COMMIT");
  return `{"results":[${results.join(",")}]}`;
}

/**
 * By the extended protocol, which allows one statement only. Rows beyond the limit are read and dropped, so that the statement
 * ends as it would have.
 */
async function runStatement(
  client: PoolClient,
  statement: Statement,
  options: { readonly format: RowFormat; readonly responseBytes: number },
): Promise<string> {
  const query = new Query<TextRow>({
    text: statement.text,
    values: [...statement.parameters],
    rowMode: "array",
    queryMode: "extended",
    types: { getTypeParser: () => (text: string) => text },
  });
  const rows: string[] = [];
  let bytes = 0;
  query.on("row", (row, result) => {
    if (bytes > options.responseBytes) return;
    const json = rowJson(row, result?.fields ?? [], options.format);
    bytes += Buffer.byteLength(json);
    rows.push(json);
  });
  const ended = Promise.withResolvers<QueryResult>();
  query.on("end", ended.resolve);
  query.on("error", ended.reject);
  client.query(query);
  const result = await ended.promise;
  if (bytes > options.responseBytes) throw new Refusal("RESPONSE_TOO_LARGE", "response too large");
  const { command, rowCount, fields } = result;
  return resultJson({
    columns: fields,
    command: command ?? "",
    rowCount,
    rows,
    arrayMode: options.format.arrayMode,
  });
}

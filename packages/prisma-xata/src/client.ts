import { xataConnection, type XataOptions } from "./connection.ts";
import type { BatchOptions, CallOptions } from "./http/sql-endpoint.ts";
import type { TextResult } from "./result.ts";
import { parameterText, plainValue, type Parameter, type Row } from "./types/plain.ts";

export interface XataResult {
  readonly rows: readonly Row[];
  /** First word of the command tag, such as `SELECT`. */
  readonly command: string;
  /** Rows returned or changed; null for commands that count none. */
  readonly rowCount: number | null;
}

export interface XataStatement {
  readonly sql: string;
  readonly parameters?: readonly Parameter[];
}

/** SQL over HTTP, one request a call. Holds no connection: one may serve all requests of a Worker. */
export interface XataClient {
  /**
   * Runs one statement with `$1`, `$2`, … for `parameters`, in a transaction of its own. A plain SELECT is repeated when the way to
   * the database fails; nothing else is.
   * @throws {XataError}
   */
  query(sql: string, parameters?: readonly Parameter[], options?: CallOptions): Promise<XataResult>;
  /** Runs up to 100 statements as one transaction, in one request; the first error undoes all. @throws {XataError} */
  batch(statements: readonly XataStatement[], options?: BatchOptions): Promise<readonly XataResult[]>;
}

/** @throws {XataError} INVALID_URL */
export function createXataClient(options: XataOptions): XataClient {
  const { sql: endpoint } = xataConnection(options);
  return {
    query: async (sql, parameters = [], call = {}) =>
      plainResult(await endpoint.run({ sql, parameters: parameters.map(parameterText) }, call)),
    batch: async (statements, call = {}) => {
      const texts = statements.map(({ sql, parameters = [] }) => ({
        sql,
        parameters: parameters.map(parameterText),
      }));
      return (await endpoint.runBatch(texts, call)).map(plainResult);
    },
  };
}

function plainResult({ columns, rows, command, rowCount }: TextResult): XataResult {
  const objects = rows.map((row) =>
    Object.fromEntries(
      columns.map(({ name, typeId }, index) => [name, plainValue(row[index] ?? null, typeId)]),
    ),
  );
  return { rows: objects, command, rowCount };
}

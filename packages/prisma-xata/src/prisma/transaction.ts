import {
  DriverAdapterError,
  type IsolationLevel,
  type SqlQuery,
  type SqlResultSet,
  type Transaction,
  type TransactionOptions,
} from "@prisma/driver-adapter-utils";
import type { XataConnection } from "../connection.ts";
import type { Endpoint } from "../dsn.ts";
import { XataError } from "../errors.ts";
import type { Statement, TextResult } from "../result.ts";
import type { Session } from "../wire/session.ts";
import { prismaError } from "./errors.ts";
import { ADAPTER_NAME, resultSet, statementOf } from "./statements.ts";

/** Opens the session of a transaction. @throws {DriverAdapterError} InvalidIsolationLevel and as `prismaError` maps */
export async function startXataTransaction(
  connection: XataConnection,
  isolationLevel: IsolationLevel | undefined,
): Promise<Transaction> {
  if (isolationLevel === "SNAPSHOT") {
    throw new DriverAdapterError({ kind: "InvalidIsolationLevel", level: isolationLevel });
  }
  try {
    return new XataTransaction(await connection.openSession(), connection.endpoint, isolationLevel);
  } catch (error) {
    throw prismaError(error, connection.endpoint);
  }
}

/** A transaction in a session of its own, which ends with it in whatever way it ends. */
class XataTransaction implements Transaction {
  readonly provider = "postgres";
  readonly adapterName = ADAPTER_NAME;
  /** COMMIT and ROLLBACK are sent by `commit` and `rollback` here, which know what a lost reply means. */
  readonly options: TransactionOptions = { usePhantomQuery: true };
  readonly #session: Session;
  readonly #endpoint: Endpoint;
  /** Sent in one round trip with the first statement. */
  #begin: Statement | undefined;

  constructor(session: Session, endpoint: Endpoint, isolationLevel: IsolationLevel | undefined) {
    this.#session = session;
    this.#endpoint = endpoint;
    this.#begin = command(isolationLevel === undefined ? "BEGIN" : `BEGIN ISOLATION LEVEL ${isolationLevel}`);
  }

  async queryRaw(query: SqlQuery): Promise<SqlResultSet> {
    return resultSet(await this.#run(statementOf(query)));
  }

  async executeRaw(query: SqlQuery): Promise<number> {
    return (await this.#run(statementOf(query))).rowCount ?? 0;
  }

  async createSavepoint(name: string): Promise<void> {
    await this.#run(command(`SAVEPOINT ${name}`));
  }

  async rollbackToSavepoint(name: string): Promise<void> {
    await this.#run(command(`ROLLBACK TO SAVEPOINT ${name}`));
  }

  async releaseSavepoint(name: string): Promise<void> {
    await this.#run(command(`RELEASE SAVEPOINT ${name}`));
  }

  /** @throws {XataError} OUTCOME_UNKNOWN when no reply came, NOT_COMMITTED when an earlier statement had failed */
  async commit(): Promise<void> {
    try {
      if (this.#begin !== undefined) return;
      const [result] = await this.#session.run([command("COMMIT")], "unknown");
      if (result?.command !== "COMMIT") throw notCommitted();
    } catch (error) {
      throw prismaError(error, this.#endpoint);
    } finally {
      this.#session.close();
    }
  }

  /** Doesn't wait for a statement that still runs, and doesn't throw: closing the session rolls back as well. */
  async rollback(): Promise<void> {
    try {
      if (this.#begin !== undefined || this.#session.isBusy()) return;
      await this.#session.run([command("ROLLBACK")], "nothing");
    } catch {
      // A session that ended has rolled back.
    } finally {
      this.#session.close();
    }
  }

  async #run(statement: Statement): Promise<TextResult> {
    const begin = this.#begin;
    this.#begin = undefined;
    try {
      const results = await this.#session.run(
        begin === undefined ? [statement] : [begin, statement],
        "nothing",
      );
      const result = results.at(-1);
      if (result === undefined) throw new TypeError("PostgreSQL was ready before it had answered");
      return result;
    } catch (error) {
      throw prismaError(error, this.#endpoint);
    }
  }
}

function command(sql: string): Statement {
  return { sql, parameters: [] };
}

function notCommitted(): XataError {
  return new XataError({
    code: "NOT_COMMITTED",
    message: "The transaction was rolled back: one of its statements had failed.",
    hint: "Let the error of the failed statement end the transaction, or guard the statement with a savepoint.",
  });
}

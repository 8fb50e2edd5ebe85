import type {
  ConnectionInfo,
  IsolationLevel as SqlIsolationLevel,
  SqlDriverAdapter,
  SqlDriverAdapterFactory,
  SqlQuery,
  SqlResultSet,
  Transaction,
} from "@prisma/driver-adapter-utils";
import { xataConnection, type XataConnection, type XataOptions } from "../connection.ts";
import type { Statement, TextResult } from "../result.ts";
import { prismaError } from "./errors.ts";
import { ADAPTER_NAME, resultSet, statementOf } from "./statements.ts";
import { startXataTransaction } from "./transaction.ts";

/**
 * Prisma's way to Xata from a Worker or from Node.js. A statement is one HTTP request; a transaction is one WebSocket, which is
 * opened for it and closed with it. It holds nothing in between, so one adapter may serve all requests of a Worker; for
 * Prisma's client see `withoutSharedMoments`.
 * @see https://www.prisma.io/docs/orm/core-concepts/supported-databases/database-drivers for driver adapters
 */
export class PrismaXata implements SqlDriverAdapterFactory {
  readonly provider = "postgres";
  readonly adapterName = ADAPTER_NAME;
  readonly #connection: XataConnection;

  /** @throws {XataError} INVALID_URL */
  constructor(options: XataOptions) {
    this.#connection = xataConnection(options);
  }

  /** Opens nothing. */
  async connect(): Promise<SqlDriverAdapter> {
    return new XataDriverAdapter(this.#connection);
  }
}

class XataDriverAdapter implements SqlDriverAdapter {
  readonly provider = "postgres";
  readonly adapterName = ADAPTER_NAME;
  readonly #connection: XataConnection;

  constructor(connection: XataConnection) {
    this.#connection = connection;
  }

  async queryRaw(query: SqlQuery): Promise<SqlResultSet> {
    return resultSet(await this.#run(statementOf(query)));
  }

  async executeRaw(query: SqlQuery): Promise<number> {
    return (await this.#run(statementOf(query))).rowCount ?? 0;
  }

  async startTransaction(isolationLevel?: SqlIsolationLevel): Promise<Transaction> {
    return startXataTransaction(this.#connection, isolationLevel);
  }

  async executeScript(script: string): Promise<void> {
    try {
      const session = await this.#connection.openSession();
      await session.runScript(script).finally(() => session.close());
    } catch (error) {
      throw prismaError(error, this.#connection.endpoint);
    }
  }

  getConnectionInfo(): ConnectionInfo {
    return { supportsRelationJoins: true };
  }

  /** There is nothing to let go: transactions close what they open. */
  async dispose(): Promise<void> {}

  async #run(statement: Statement): Promise<TextResult> {
    try {
      return await this.#connection.sql.run(statement);
    } catch (error) {
      throw prismaError(error, this.#connection.endpoint);
    }
  }
}

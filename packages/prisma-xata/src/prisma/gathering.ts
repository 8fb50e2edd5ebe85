import type {
  ConnectionInfo,
  SqlDriverAdapter,
  SqlDriverAdapterFactory,
  SqlQuery,
  SqlResultSet,
} from "@prisma/driver-adapter-utils";
import type { Statement, TextResult } from "../result.ts";
import { ADAPTER_NAME, resultSet, statementOf } from "./statements.ts";

/** A statement that waits for the request that will carry it. */
export interface Waiting {
  readonly statement: Statement;
  readonly resolve: (result: TextResult) => void;
  readonly reject: (reason: unknown) => void;
}

/** Thrown into operations that can't be part of one request; nobody gets to see it. */
export class NotGathered extends Error {
  override readonly name = "NotGathered";
}

/**
 * An adapter that runs nothing: statements wait until they are taken. An operation of several statements shows itself by asking for
 * a transaction before it sends anything, and is refused.
 */
export class GatheringFactory implements SqlDriverAdapterFactory {
  readonly provider = "postgres";
  readonly adapterName = ADAPTER_NAME;
  #onStatement: ((waiting: Waiting) => void) | undefined;

  async connect(): Promise<SqlDriverAdapter> {
    const send = async (query: SqlQuery) => this.#wait(statementOf(query));
    return {
      provider: this.provider,
      adapterName: this.adapterName,
      queryRaw: async (query): Promise<SqlResultSet> => resultSet(await send(query)),
      executeRaw: async (query) => (await send(query)).rowCount ?? 0,
      executeScript: refuse,
      startTransaction: refuse,
      getConnectionInfo: (): ConnectionInfo => ({ supportsRelationJoins: true }),
      dispose: async () => {},
    };
  }

  /** Starts `operation` and gives its first statement, or undefined when it ends or is refused before it has sent one. */
  async firstStatement(operation: () => Promise<unknown>): Promise<Waiting | undefined> {
    const arrived = Promise.withResolvers<Waiting>();
    this.#onStatement = arrived.resolve;
    const ended = operation().then(
      () => undefined,
      () => undefined,
    );
    const first = await Promise.race([arrived.promise, ended]);
    this.#onStatement = undefined;
    return first;
  }

  async #wait(statement: Statement): Promise<TextResult> {
    return new Promise((resolve, reject) => {
      if (this.#onStatement === undefined)
        reject(new NotGathered("a further statement came after the first"));
      else this.#onStatement({ statement, resolve, reject });
    });
  }
}

async function refuse(): Promise<never> {
  throw new NotGathered("the operation needs a transaction of its own");
}

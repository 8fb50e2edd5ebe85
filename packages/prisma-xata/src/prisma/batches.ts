import type { SqlDriverAdapterFactory } from "@prisma/driver-adapter-utils";
import { xataConnection, type XataConnection, type XataOptions } from "../connection.ts";
import { XataError } from "../errors.ts";
import type { IsolationLevel, TextResult } from "../result.ts";
import { PrismaXata } from "./adapter.ts";
import { batchKind, operationOf, type BatchKind, type Operation } from "./batchable.ts";
import { prismaError } from "./errors.ts";
import { GatheringFactory, NotGathered, type Waiting } from "./gathering.ts";

type CreateClient<Client> = (adapter: SqlDriverAdapterFactory) => Client;

/**
 * A Prisma client whose `$transaction([…])` is one HTTP request where it can be, and a session over a WebSocket where it can't, as
 * it always is without this. It can be for lists of reads, and for lists of creations, `updateMany`, `deleteMany` and `count`,
 * none of which loads relations or writes nested ones; raw queries are not recognised. What is answered is the same either way.
 *
 * `create` makes a client with the adapter that it is given: once, and again when a list first qualifies, and for each list that begins
 * while others are being gathered.
 * @throws {XataError} INVALID_URL
 */
export function prismaWithBatches<Client extends object>(
  create: CreateClient<Client>,
  options: XataOptions,
): Client {
  const client = create(new PrismaXata(options));
  const batcher = new Batcher(xataConnection(options), create);
  const transaction = async (work: unknown, settings?: unknown): Promise<unknown> => {
    const results = Array.isArray(work)
      ? await batcher.run(work, isolationLevelOf(client, settings))
      : undefined;
    return results ?? call(client, "$transaction", work, settings);
  };
  const disconnect = async (): Promise<void> => {
    await Promise.all([call(client, "$disconnect"), batcher.disconnect()]);
  };
  const own: ReadonlyMap<string | symbol, unknown> = new Map([
    ["$transaction", transaction],
    ["$disconnect", disconnect],
  ]);
  return new Proxy(client, {
    get: (target, name) => own.get(name) ?? Reflect.get(target, name, target),
  });
}

/** Runs nothing; finds out what operations would send, those of one list at a time. */
interface Gatherer<Client> {
  readonly client: Client;
  readonly gathering: GatheringFactory;
}

const GATHERERS_KEPT = 4;

class Batcher<Client extends object> {
  readonly #connection: XataConnection;
  readonly #create: CreateClient<Client>;
  /** A list takes one out, rather than wait for another list: that one's request may have been cancelled, and never end. */
  readonly #idle: Gatherer<Client>[] = [];

  constructor(connection: XataConnection, create: CreateClient<Client>) {
    this.#connection = connection;
    this.#create = create;
  }

  /**
   * The results of a list that is one request; undefined when it isn't, and when PostgreSQL refused it: it has undone everything
   * then, and the ordinary way will say which operation it was.
   * @throws what Prisma makes of a failure on the way, an unknown outcome among them
   */
  async run(
    promises: readonly unknown[],
    isolationLevel: string | undefined,
  ): Promise<unknown[] | undefined> {
    const operations = promises.map(operationOf).filter((operation) => operation !== undefined);
    const kind = operations.length === promises.length ? batchKind(operations) : undefined;
    if (kind === undefined || !isSupported(isolationLevel)) return undefined;
    const gatherer = this.#idle.pop() ?? this.#newGatherer();
    const gathered = await gather(gatherer, operations);
    if (this.#idle.length < GATHERERS_KEPT) this.#idle.push(gatherer);
    return gathered && this.#send(gathered, kind, isolationLevel);
  }

  /** Frees what the other clients take. */
  async disconnect(): Promise<void> {
    await Promise.all(this.#idle.splice(0).map(async ({ client }) => call(client, "$disconnect")));
  }

  #newGatherer(): Gatherer<Client> {
    const gathering = new GatheringFactory();
    return { client: this.#create(gathering), gathering };
  }

  async #send(
    { statements, results }: Gathered,
    kind: BatchKind,
    isolationLevel: IsolationLevel | undefined,
  ): Promise<unknown[] | undefined> {
    const settled = Promise.allSettled(results);
    let texts: readonly TextResult[];
    try {
      const readOnly = kind === "reads";
      texts = await this.#connection.sql.runBatch(
        statements.map(({ statement }) => statement),
        { isolationLevel, readOnly },
      );
    } catch (error) {
      for (const { reject } of statements) reject(prismaError(error, this.#connection.endpoint));
      await settled;
      if (error instanceof XataError && error.code === "POSTGRES") return undefined;
      return Promise.all(results);
    }
    for (const [index, { resolve, reject }] of statements.entries()) {
      const text = texts[index];
      if (text === undefined)
        reject(new TypeError("the gateway answered fewer statements than it was asked"));
      else resolve(text);
    }
    return Promise.all(results);
  }
}

interface Gathered {
  readonly statements: readonly Waiting[];
  readonly results: readonly Promise<unknown>[];
}

async function gather(
  { client, gathering }: Gatherer<object>,
  operations: readonly Operation[],
): Promise<Gathered | undefined> {
  const statements: Waiting[] = [];
  const results: Promise<unknown>[] = [];
  for (const { model, action, args } of operations) {
    const first = await gathering.firstStatement(async () => {
      const result = call(Reflect.get(client, model, client), action, args);
      results.push(result);
      return result;
    });
    if (first === undefined) {
      for (const waiting of statements)
        waiting.reject(new NotGathered("another operation can't be gathered"));
      await Promise.allSettled(results);
      return undefined;
    }
    statements.push(first);
  }
  return { statements, results };
}

const ISOLATION_LEVELS = ["ReadUncommitted", "ReadCommitted", "RepeatableRead", "Serializable"] as const;

function isSupported(level: string | undefined): level is IsolationLevel | undefined {
  return level === undefined || ISOLATION_LEVELS.some((known) => known === level);
}

/** What is asked for with the transaction, otherwise what the client was made with. */
function isolationLevelOf(client: object, settings: unknown): string | undefined {
  const own: unknown = property(settings, "isolationLevel");
  const general: unknown = property(
    property(property(client, "_engineConfig"), "transactionOptions"),
    "isolationLevel",
  );
  const level = own ?? general;
  return typeof level === "string" ? level : undefined;
}

function property(of: unknown, name: string): unknown {
  const value: unknown = typeof of === "object" && of !== null ? Reflect.get(of, name, of) : undefined;
  return value;
}

async function call(target: unknown, method: string, ...args: readonly unknown[]): Promise<unknown> {
  const found = property(target, method);
  if (typeof found !== "function") throw new TypeError(`the Prisma client has no ${method}`);
  const result: unknown = await Reflect.apply(found, target, args);
  return result;
}

import { createXataClient, prismaWithBatches, withoutSharedMoments, type XataClient } from "prisma-xata";
import { PrismaClient } from "../generated/prisma/client.ts";
import { requestContext } from "./request-context.ts";

type PrismaOptions = ConstructorParameters<typeof PrismaClient>[0];

/**
 * The clients that all requests use at once: making one takes milliseconds, and memory of WebAssembly that never shrinks. They
 * hold no connection, and XATA_DATABASE_URL doesn't change while an isolate lives.
 */
const shared: { database?: PrismaClient; statements?: XataClient } = {};

/** The client of all requests. Opens no connection before the first query. */
export function sharedDatabase(url: string): PrismaClient {
  shared.database ??= newClient(url);
  return shared.database;
}

/** Its `$transaction([…])` of reads is one request to Xata (packages/prisma-xata/README.md). */
function newClient(url: string): PrismaClient {
  const create = (adapter: NonNullable<PrismaOptions["adapter"]>) => {
    // `minimal`: errors don't quote arguments.
    const client = withoutSharedMoments(new PrismaClient({ adapter, errorFormat: "minimal" }));
    // All requests wait for what is made ready in the first one, and would wait in vain if that one were cut off.
    requestContext().waitUntil(client.$connect());
    return client;
  };
  return prismaWithBatches(create, { url });
}

/** The current request's client. */
export function database(): PrismaClient {
  return requestContext().database();
}

/** SQL by itself, for a question that is asked so often that Prisma's part in it counts. */
export function statements(): XataClient {
  shared.statements ??= createXataClient({ url: requestContext().env().XATA_DATABASE_URL });
  return shared.statements;
}

/**
 * Stands for whichever request's client is current, for a library that takes one client when it is built and is built
 * once for many requests.
 */
export function currentDatabase(): PrismaClient {
  return new Proxy<PrismaClient>(Object.create(null), {
    get(_target, property) {
      const client = database();
      const value: unknown = Reflect.get(client, property, client);
      return typeof value === "function" ? value.bind(client) : value;
    },
  });
}

/** @see https://www.prisma.io/docs/orm/reference/error-reference#p2021 */
const MISSING_TABLE = "P2021";

/** Whether a query failed because the database lacks a table. */
export function isMissingTable(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === MISSING_TABLE;
}

import { prismaWithBatches, withoutSharedMoments } from "prisma-xata";
import { PrismaClient } from "../generated/prisma/client.ts";
import { requestContext } from "./request-context.ts";

/**
 * The client that all requests use at once: making one takes milliseconds, and memory of WebAssembly that never shrinks. It
 * holds no connection, and XATA_DATABASE_URL doesn't change while an isolate lives.
 */
let shared: PrismaClient | undefined;

/**
 * The client of all requests. Opens no connection before the first query.
 * @param waitUntil keeps a request alive. What is made for the first request is waited for by the next ones, which would wait
 *   in vain if that request were cut off.
 */
export function sharedDatabase(url: string, waitUntil: (work: Promise<unknown>) => void): PrismaClient {
  if (shared !== undefined) return shared;
  shared = newClient(url);
  waitUntil(shared.$connect());
  return shared;
}

/** Its `$transaction([…])` of reads is one request to Xata (packages/prisma-xata/README.md). */
function newClient(url: string): PrismaClient {
  // `minimal`: errors don't quote arguments.
  return prismaWithBatches(
    (adapter) => withoutSharedMoments(new PrismaClient({ adapter, errorFormat: "minimal" })),
    { url },
  );
}

/** The current request's client. */
export function database(): PrismaClient {
  return requestContext().database();
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

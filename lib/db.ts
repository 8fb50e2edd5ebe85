import { prismaWithBatches } from "prisma-xata";
import { PrismaClient } from "../generated/prisma/client.ts";
import { requestContext } from "./request-context.ts";

/**
 * Clients that no request uses just now. Making one takes milliseconds and memory of WebAssembly, which never shrinks;
 * it holds no connection, so the next request may have it. XATA_DATABASE_URL doesn't change while an isolate lives.
 */
const idle: PrismaClient[] = [];
const IDLE_KEPT = 8;

/**
 * A client for one request alone until it is given back: Prisma puts queries of one moment together, and Workers forbid
 * that one request waits for another's I/O. Opens no connection before the first query.
 */
export function borrowDatabase(url: string): PrismaClient {
  return idle.pop() ?? newClient(url);
}

/** Its `$transaction([…])` of reads is one request to Xata (packages/prisma-xata/README.md). */
function newClient(url: string): PrismaClient {
  // `minimal`: errors don't quote arguments.
  return prismaWithBatches((adapter) => new PrismaClient({ adapter, errorFormat: "minimal" }), { url });
}

/** Gives a client to whoever comes next, when its request went well, or frees its memory. */
export async function returnDatabase(client: PrismaClient, wentWell: boolean): Promise<void> {
  if (wentWell && idle.length < IDLE_KEPT) idle.push(client);
  else await client.$disconnect();
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

import { PrismaXata } from "prisma-xata";
import { PrismaClient } from "../generated/prisma/client.ts";
import { requestContext } from "./request-context.ts";

/** A client for one request. Opens no connection before the first query. `minimal`: errors don't quote arguments. */
export function openDatabase(url: string): PrismaClient {
  return new PrismaClient({ adapter: new PrismaXata({ url }), errorFormat: "minimal" });
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

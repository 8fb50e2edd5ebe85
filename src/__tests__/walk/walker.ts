import { newVisitor, type Visitor } from "../support/visitor.ts";
import type { WorkerUnderTest } from "../support/worker.ts";
import type { ApiRequest } from "./api-routes.ts";
import type { ShopIds } from "./full-shop.ts";
import type { Call } from "./procedures.ts";

/** An answer without what is another each time. */
export interface Told {
  readonly status: number;
  /** Bytes of a file as Latin-1. */
  readonly text: string;
}

/** Somebody who tries everything. */
export interface Walker {
  readonly call: (call: Call) => Promise<Told>;
  readonly request: (request: ApiRequest) => Promise<Told>;
  /** A page as a browser asks for it; where it leads on to stands as its text. */
  readonly page: (path: string) => Promise<Told>;
}

/** A walker with somebody's cookies; without anybody's, one who isn't signed in. */
export function walkerOf(
  worker: WorkerUnderTest,
  { ask, post }: Pick<Visitor, "ask" | "post"> = newVisitor(worker),
): Walker {
  return {
    call: async ({ name, isRead, input }) => {
      if (!isRead) return told(await post(`/api/trpc/${name}`, input ?? {}));
      const query = input === undefined ? "" : `?input=${encodeURIComponent(JSON.stringify(input))}`;
      return told(await ask(`/api/trpc/${name}${query}`));
    },
    request: async ({ path, name: _name, ...init }) => {
      const headers = new Headers(init.headers);
      headers.set("origin", worker.origin);
      return told(await ask(path, { ...init, headers }));
    },
    page: async (path) => {
      const answer = await ask(path, { headers: { accept: "text/html" } });
      const location = answer.headers.get("location");
      return location === null ? told(answer) : { status: answer.status, text: location };
    },
  };
}

/** What a page says to people: its scripts hold data as they come, in any order. */
export function wordsOf({ status, text }: Told): Told {
  const words = text.replaceAll(/<script.*?<\/script>/gsu, "").replaceAll(/<[^>]*>/gu, " ");
  return { status, text: words };
}

/** Ids of the same form, of things that never were. */
export function madeUp(ids: ShopIds): ShopIds {
  return JSON.parse(
    JSON.stringify(ids, (_key, value: unknown) => (typeof value === "string" ? crypto.randomUUID() : value)),
  ) as ShopIds;
}

async function told(answer: Response): Promise<Told> {
  const text = Buffer.from(await answer.arrayBuffer()).toString("latin1");
  return { status: answer.status, text: text.replace(/"requestId":"[^"]*"/u, "") };
}

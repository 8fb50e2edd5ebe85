import type { PrismaClient } from "../generated/prisma/client.ts";
import { failedAnswer, finishAnswer } from "./answers.ts";
import { borrowDatabase, returnDatabase } from "./db.ts";
import { deploymentOf } from "./deployment.ts";
import { completeEnv, EnvError, readEnv, type UsableEnv } from "./env.ts";
import { logError } from "./log.ts";
import { isReported } from "./reported-error.ts";
import { type RequestContext, withRequestContext } from "./request-context.ts";

/** What the Worker is given with each request. */
export interface Invocation {
  readonly request: Request;
  readonly bindings: Readonly<Record<string, unknown>>;
  readonly waitUntil: (work: Promise<unknown>) => void;
}

const RAY_FORM = /^[0-9a-f]{16}(?:-[A-Z]{3})?$/u;

/**
 * Answers one request within its context. An error that nothing caught becomes one line in the log and a plain 500.
 * Never throws.
 */
export async function serve(
  invocation: Invocation,
  answer: (request: Request) => Response | Promise<Response>,
): Promise<Response> {
  const { request } = invocation;
  const loan = new DatabaseLoan();
  const context = openContext(invocation, loan);
  const finished = await withRequestContext(context, async () => {
    try {
      return finishAnswer(await answer(request), context);
    } catch (error) {
      if (!isReported(error)) reportUncaught(error, request, context);
      return finishAnswer(failedAnswer(context), context);
    }
  });
  // An answer of 500 and more may have left queries behind that were given up.
  invocation.waitUntil(loan.end(finished.status < 500));
  return finished;
}

/** The database client of one request: borrowed when it is first asked for, returned when all of its work is done. */
class DatabaseLoan {
  readonly #work: Promise<unknown>[] = [];
  #client: PrismaClient | undefined;

  client(url: string): PrismaClient {
    this.#client ??= borrowDatabase(url);
    return this.#client;
  }

  /** Work that goes on after the answer and may use the client. */
  extendBy(work: Promise<unknown>): void {
    this.#work.push(work);
  }

  async end(wentWell: boolean): Promise<void> {
    // Work may begin other work.
    for (let done = 0; done < this.#work.length;) {
      const begun = this.#work.slice(done);
      done += begun.length;
      await Promise.allSettled(begun);
    }
    const client = this.#client;
    this.#client = undefined;
    if (client !== undefined) await returnDatabase(client, wentWell);
  }
}

function openContext({ request, bindings, waitUntil }: Invocation, loan: DatabaseLoan): RequestContext {
  const reading = readEnv(bindings);
  return {
    requestId: requestIdOf(request),
    request,
    answerHeaders: new Headers(),
    nonce: crypto.randomUUID(),
    deployment: deploymentOf(reading.usable),
    reading,
    env: () => completeEnv(reading),
    database: () => loan.client(databaseUrl(reading.usable)),
    waitUntil: (work) => {
      loan.extendBy(work);
      waitUntil(work);
    },
  };
}

function reportUncaught(error: unknown, request: Request, context: RequestContext): void {
  const { pathname } = new URL(request.url);
  logError("uncaught error", error, { ...context, method: request.method, path: pathname });
}

function databaseUrl({ XATA_DATABASE_URL: url }: UsableEnv): string {
  if (url === undefined)
    throw new EnvError([{ name: "XATA_DATABASE_URL", problem: "is missing or unusable" }]);
  return url;
}

/** @see https://developers.cloudflare.com/fundamentals/reference/cloudflare-ray-id/ */
function requestIdOf(request: Request): string {
  const ray = request.headers.get("cf-ray") ?? "";
  return RAY_FORM.test(ray) ? ray : crypto.randomUUID();
}

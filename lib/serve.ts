import { failedAnswer, finishAnswer } from "./answers.ts";
import { sharedDatabase } from "./db.ts";
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
  const context = openContext(invocation);
  return withRequestContext(context, async () => {
    try {
      return finishAnswer(await answer(request), context);
    } catch (error) {
      if (!isReported(error)) reportUncaught(error, request, context);
      return finishAnswer(failedAnswer(context), context);
    }
  });
}

function openContext({ request, bindings, waitUntil }: Invocation): RequestContext {
  const reading = readEnv(bindings);
  let nonce: string | undefined;
  return {
    requestId: requestIdOf(request),
    request,
    answerHeaders: new Headers(),
    get nonce() {
      nonce ??= crypto.randomUUID();
      return nonce;
    },
    deployment: deploymentOf(reading.usable),
    reading,
    env: () => completeEnv(reading),
    database: () => sharedDatabase(databaseUrl(reading.usable)),
    waitUntil,
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

import { wantsPage } from "../lib/answers.ts";
import { statusOf } from "../lib/health.ts";

const READING = ["GET", "HEAD"];

/**
 * Answers what is no page and is asked often; null for everything else, which is TanStack Start's. It makes a router for
 * each request, of which these need nothing and which takes longer than most of their answers.
 */
export function plainAnswer(request: Request): Promise<Response> | null {
  const { pathname } = new URL(request.url);
  if (pathname.startsWith("/api/trpc/")) return answerCall(request);
  if (pathname === "/health" && READING.includes(request.method) && !wantsPage(request))
    return answerHealth(request);
  return null;
}

/** Loaded when it is first asked for, since an isolate has to start quickly, and kept, since `import` takes its time each time. */
const loaded: { answerCall?: Answer; answerHealth?: Answer } = {};

type Answer = (request: Request) => Promise<Response>;

async function answerCall(request: Request): Promise<Response> {
  loaded.answerCall ??= await loadApi();
  return loaded.answerCall(request);
}

async function loadApi(): Promise<Answer> {
  const { answerCall: answer } = await import("./api.ts");
  return answer;
}

async function answerHealth(request: Request): Promise<Response> {
  loaded.answerHealth ??= await loadHealth();
  return loaded.answerHealth(request);
}

async function loadHealth(): Promise<Answer> {
  const { currentHealth } = await import("../lib/health-check.ts");
  return async () => {
    const report = await currentHealth();
    return Response.json(report, { status: statusOf(report), headers: { "cache-control": "no-store" } });
  };
}

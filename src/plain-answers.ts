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
    return reportHealth();
  return null;
}

async function loadApi() {
  const [{ answerApi }, { apiRouter }] = await Promise.all([
    import("../lib/trpc.ts"),
    import("../lib/routers/index.ts"),
  ]);
  return (request: Request) => answerApi(request, apiRouter);
}

async function loadHealth() {
  const { currentHealth } = await import("../lib/health-check.ts");
  return currentHealth;
}

/** What was loaded when it was first asked for: an isolate that starts has to be quick, and so has each answer after it. */
const loaded: {
  answer?: Awaited<ReturnType<typeof loadApi>>;
  currentHealth?: Awaited<ReturnType<typeof loadHealth>>;
} = {};

async function answerCall(request: Request): Promise<Response> {
  loaded.answer ??= await loadApi();
  return loaded.answer(request);
}

async function reportHealth(): Promise<Response> {
  loaded.currentHealth ??= await loadHealth();
  const report = await loaded.currentHealth();
  return Response.json(report, { status: statusOf(report), headers: { "cache-control": "no-store" } });
}

import type { z } from "zod";
import { wantsPage } from "../../answers.ts";
import { AppError, type AppErrorCode } from "../../app-error.ts";
import { database } from "../../db.ts";
import { refusalPage } from "../../error-page.ts";
import { logError } from "../../log.ts";
import { CHANGES, requireTurn } from "../../rate-limit.ts";
import { requestContext } from "../../request-context.ts";
import type { Scope } from "../../scope.ts";
import { apiContext } from "../../trpc.ts";

const STATUSES: Readonly<Record<AppErrorCode, number>> = {
  invalid: 400,
  unauthorized: 401,
  forbidden: 403,
  not_found: 404,
  conflict: 409,
  too_large: 413,
  damaged: 422,
  rate_limited: 429,
  unavailable: 503,
};

const NO_STORE = { "cache-control": "no-store" };
const JSON_LIMIT_BYTES = 16 * 1024;

/** The signed-in person's scope, for a request that only reads. @throws {AppError} unauthorized */
async function readingScope(request: Request): Promise<Scope> {
  const { requestId, signedIn } = apiContext(request);
  const user = await signedIn();
  if (user === null) throw new AppError({ code: "unauthorized", message: "Please sign in." });
  return { user, database: database(), requestId };
}

/** Answers a request that reads; refusals become answers of their own. */
export function answerRead(request: Request, work: (scope: Scope) => Promise<Response>): Promise<Response> {
  return refusing(async () => work(await readingScope(request)));
}

/** Answers a request that changes something, which nobody may do too often. */
export function answerChange(
  request: Request,
  work: (scope: Scope) => Promise<Response>,
  limit = CHANGES,
): Promise<Response> {
  return refusing(async () => {
    const scope = await readingScope(request);
    await requireTurn(limit, scope.user.id);
    return work(scope);
  });
}

export function jsonAnswer(body: unknown, status = 200): Response {
  return Response.json(body, { status, headers: NO_STORE });
}

/** A request's body, as a schema has it. @throws {AppError} invalid, too_large */
export async function readJson<T>(request: Request, schema: z.ZodType<T>): Promise<T> {
  if (Number(request.headers.get("content-length") ?? 0) > JSON_LIMIT_BYTES)
    throw new AppError({ code: "too_large", message: "The request is too large." });
  const parsed = schema.safeParse(await request.json().catch(() => undefined));
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const field = issue?.path.join(".") ?? "";
  throw new AppError({
    code: "invalid",
    message: field === "" ? "The request holds no such JSON." : `${field}: ${issue?.message}`,
    ...(field === "" ? {} : { field }),
  });
}

async function refusing(work: () => Promise<Response>): Promise<Response> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    if (error.cause !== undefined) logError("a request was refused", error, requestContext());
    return refusal(error);
  }
}

/** As a page for a browser that follows a link, as JSON for everybody else. */
function refusal(error: AppError): Response {
  const { request, requestId, nonce } = requestContext();
  const { code, message, hint, field, retryAfterSeconds } = error;
  const status = STATUSES[code];
  const headers = {
    ...NO_STORE,
    ...(retryAfterSeconds === undefined ? {} : { "retry-after": String(retryAfterSeconds) }),
  };
  if (wantsPage(request)) {
    const type = { "content-type": "text/html; charset=utf-8" };
    return new Response(refusalPage(error, nonce), { status, headers: { ...headers, ...type } });
  }
  return Response.json({ error: { code, message, hint, field, requestId } }, { status, headers });
}

import { initTRPC, TRPCError } from "@trpc/server";
import { fetchRequestHandler } from "@trpc/server/adapters/fetch";
import type { TRPC_ERROR_CODE_KEY } from "@trpc/server/rpc";
import { z } from "zod";
import { AppError, type AppErrorCode } from "./app-error.ts";
import { signedIn, type SignedIn } from "./auth.ts";
import { database } from "./db.ts";
import { logError } from "./log.ts";
import { CHANGES, requireTurn } from "./rate-limit.ts";
import { type RequestContext, requestContext } from "./request-context.ts";
import type { Scope } from "./scope.ts";

export interface ApiContext {
  readonly requestId: string;
  /** Asks the database once at most, and only when a procedure needs to know. */
  readonly signedIn: () => Promise<SignedIn | null>;
}

const TRPC_CODES: Readonly<Record<AppErrorCode, TRPC_ERROR_CODE_KEY>> = {
  not_found: "NOT_FOUND",
  conflict: "CONFLICT",
  invalid: "BAD_REQUEST",
  too_large: "PAYLOAD_TOO_LARGE",
  damaged: "UNPROCESSABLE_CONTENT",
  rate_limited: "TOO_MANY_REQUESTS",
  forbidden: "FORBIDDEN",
  unauthorized: "UNAUTHORIZED",
  unavailable: "SERVICE_UNAVAILABLE",
};

const api = initTRPC.context<ApiContext>().create({
  // Otherwise NODE_ENV would decide whether clients are sent stack traces.
  isDev: false,
  errorFormatter: ({ shape, error }) => ({
    ...shape,
    message: messageFor(error),
    data: {
      code: shape.data.code,
      httpStatus: shape.data.httpStatus,
      requestId: requestContext().requestId,
      appCode: appCodeOf(error),
      hint: error.cause instanceof AppError ? error.cause.hint : undefined,
      /** What is wrong with which input, by its path: `spools.0.netGrams`. */
      fields: fieldsOf(error),
    },
  }),
});

export const { router } = api;

/** Anyone may call it. */
export const publicProcedure = api.procedure.use(async ({ next }) => {
  const result = await next();
  if (!result.ok && result.error.cause instanceof AppError) throw refusalOf(result.error.cause);
  return result;
});

/** Only who is signed in may call it; anyone else gets UNAUTHORIZED, and TOO_MANY_REQUESTS who changes too much. */
export const protectedProcedure = publicProcedure.use(async ({ ctx, next, type }) => {
  const user = await ctx.signedIn();
  if (user === null) throw new AppError({ code: "unauthorized", message: "Please sign in." });
  if (type === "mutation") await requireTurn(CHANGES, user.id);
  const scope: Scope = { user, database: database(), requestId: ctx.requestId };
  return next({ ctx: { ...ctx, scope } });
});

/** Only an admin may call it; another account gets FORBIDDEN. */
export const adminProcedure = protectedProcedure.use(async ({ ctx, next }) => {
  if (ctx.scope.user.role !== "admin")
    throw new AppError({ code: "forbidden", message: "Only an admin may do this." });
  return next();
});

type AnyApiRouter = Parameters<typeof fetchRequestHandler>[0]["router"];

/** Answers everything under `/api/trpc/`. */
export async function answerApi(request: Request, apiRouter: AnyApiRouter): Promise<Response> {
  return fetchRequestHandler({
    endpoint: "/api/trpc",
    req: request,
    router: apiRouter,
    createContext: () => apiContext(request),
    responseMeta: ({ errors }) => ({
      headers: new Headers({ "cache-control": "no-store", ...retryAfter(errors) }),
    }),
    onError: reportApiError,
  });
}

/** Who asks. All calls of one request share it, whether they come over HTTP or from a page that is rendered. */
export function apiContext(request: Request): ApiContext {
  const context = requestContext();
  return { requestId: context.requestId, signedIn: () => signedInOnce(request, context) };
}

/** Writes what isn't the asker's fault to the log. */
export function reportApiError({
  error,
  path,
}: {
  readonly error: TRPCError;
  readonly path?: string | undefined;
}): void {
  if (error.code === "INTERNAL_SERVER_ERROR") logError(`api: ${path ?? "?"} failed`, error, requestContext());
}

const sessions = new WeakMap<RequestContext, Promise<SignedIn | null>>();

function signedInOnce(request: Request, context: RequestContext): Promise<SignedIn | null> {
  const asked = sessions.get(context) ?? signedIn(request);
  sessions.set(context, asked);
  return asked;
}

function refusalOf(error: AppError): TRPCError {
  return new TRPCError({ code: TRPC_CODES[error.code], message: error.message, cause: error });
}

function messageFor(error: TRPCError): string {
  if (error.code === "INTERNAL_SERVER_ERROR") return "Something failed here.";
  const [issue] = issuesOf(error);
  if (issue === undefined) return error.message;
  return issue.path.length === 0 ? issue.message : `${issue.path.join(".")}: ${issue.message}`;
}

function appCodeOf(error: TRPCError): AppErrorCode | undefined {
  if (error.cause instanceof AppError) return error.cause.code;
  return error.code === "BAD_REQUEST" ? "invalid" : undefined;
}

/** The longest wait that one of a batch's calls asks for. */
function retryAfter(errors: readonly TRPCError[]): Readonly<Record<string, string>> {
  const waits = errors.map(({ cause }) => (cause instanceof AppError ? (cause.retryAfterSeconds ?? 0) : 0));
  const longest = Math.max(0, ...waits);
  return longest === 0 ? {} : { "retry-after": String(longest) };
}

function fieldsOf(error: TRPCError): Readonly<Record<string, string>> | undefined {
  if (error.cause instanceof AppError && error.cause.field !== undefined)
    return { [error.cause.field]: error.cause.message };
  const issues = issuesOf(error);
  if (issues.length === 0) return undefined;
  return Object.fromEntries(issues.map(({ path, message }) => [path.join("."), message]));
}

/** Of the input; where an output is not as promised, that is nobody's business. */
function issuesOf({ code, cause }: TRPCError): readonly z.core.$ZodIssue[] {
  return code === "BAD_REQUEST" && cause instanceof z.ZodError ? cause.issues : [];
}

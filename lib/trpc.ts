import { initTRPC, TRPCError } from "@trpc/server";
import { fetchRequestHandler } from "@trpc/server/adapters/fetch";
import { signedIn, type SignedIn } from "./auth.ts";
import { logError } from "./log.ts";
import { requestContext } from "./request-context.ts";

interface ApiContext {
  readonly requestId: string;
  /** Asks the database once at most, and only when a procedure needs to know. */
  readonly signedIn: () => Promise<SignedIn | null>;
}

const api = initTRPC.context<ApiContext>().create({
  // Otherwise NODE_ENV would decide whether clients are sent stack traces.
  isDev: false,
  errorFormatter: ({ shape, error, ctx }) => ({
    ...shape,
    message: error.code === "INTERNAL_SERVER_ERROR" ? "Something failed here." : shape.message,
    data: { code: shape.data.code, httpStatus: shape.data.httpStatus, requestId: ctx?.requestId },
  }),
});

export const { router } = api;

/** Anyone may call it. */
export const publicProcedure = api.procedure;

/** Only who is signed in may call it; anyone else gets UNAUTHORIZED. */
export const protectedProcedure = api.procedure.use(async ({ ctx, next }) => {
  const user = await ctx.signedIn();
  if (user === null) throw new TRPCError({ code: "UNAUTHORIZED", message: "Please sign in." });
  return next({ ctx: { ...ctx, user } });
});

type ApiRouter = Parameters<typeof fetchRequestHandler>[0]["router"];

/** Answers everything under `/api/trpc/`. */
export async function answerApi(request: Request, apiRouter: ApiRouter): Promise<Response> {
  return fetchRequestHandler({
    endpoint: "/api/trpc",
    req: request,
    router: apiRouter,
    createContext: (): ApiContext => ({
      requestId: requestContext().requestId,
      signedIn: () => signedIn(request),
    }),
    responseMeta: () => ({ headers: new Headers({ "cache-control": "no-store" }) }),
    onError: ({ error, path }) => {
      if (error.code === "INTERNAL_SERVER_ERROR")
        logError(`api: ${path ?? "?"} failed`, error, requestContext());
    },
  });
}

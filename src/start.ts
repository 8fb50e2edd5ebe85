import { createCsrfMiddleware, createMiddleware, createStart } from "@tanstack/react-start";
import { isNotFound, isRedirect } from "@tanstack/react-router";
import { ReportedError } from "../lib/reported-error.ts";

/** Server functions send a thrown error's message to the browser: it becomes one that may be seen. */
const reportErrors = createMiddleware({ type: "function" }).server(async ({ next }) => {
  try {
    return await next();
  } catch (error) {
    if (isRedirect(error) || isNotFound(error) || error instanceof ReportedError) throw error;
    const { requestContext } = await import("../lib/request-context.ts");
    const { logError } = await import("../lib/log.ts");
    const context = requestContext();
    logError("server function failed", error, context);
    throw new ReportedError(context.requestId);
  }
});

const refuseForeignCalls = createCsrfMiddleware({ filter: ({ handlerType }) => handlerType === "serverFn" });

export const startInstance = createStart(() => ({
  requestMiddleware: [refuseForeignCalls],
  functionMiddleware: [reportErrors],
}));

import { type TRPCLink, unstable_localLink as localLink } from "@trpc/client";
import { type ApiRouter, apiRouter } from "./routers/index.ts";
import { apiContext, reportApiError } from "./trpc.ts";

/** Calls procedures within the request that a page is rendered for, without HTTP. */
export function directLink(request: Request): TRPCLink<ApiRouter> {
  return localLink({
    router: apiRouter,
    createContext: async () => apiContext(request),
    onError: reportApiError,
  });
}

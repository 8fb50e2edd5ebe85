import { MutationCache, QueryCache, QueryClient } from "@tanstack/react-query";
import { rootRouteId, useRouteContext } from "@tanstack/react-router";
import { createIsomorphicFn } from "@tanstack/react-start";
import { getRequest } from "@tanstack/react-start/server";
import { createTRPCClient, httpBatchLink, TRPCClientError, type TRPCLink } from "@trpc/client";
import type { inferRouterOutputs } from "@trpc/server";
import { createTRPCOptionsProxy, type TRPCOptionsProxy } from "@trpc/tanstack-react-query";
import { directLink } from "../../lib/direct-link.ts";
import type { ApiRouter } from "../../lib/routers/index.ts";

/** What the API answers, by procedure: `ApiOutputs["filaments"]["list"]`. */
export type ApiOutputs = inferRouterOutputs<ApiRouter>;

export type Api = TRPCOptionsProxy<ApiRouter>;

/** What loaders and components ask the API by. */
export interface ApiAccess {
  readonly queryClient: QueryClient;
  readonly trpc: Api;
}

/** Who is signed in, as the API tells. */
export type User = ApiOutputs["me"];

/** A refusal or failure of the API, as clients get it. */
export type ApiError = TRPCClientError<ApiRouter>;

const FRESH_MS = 30_000;
const RETRIES = 2;
/** Refused for good: to ask again changes nothing. */
const CLIENT_ERRORS = { from: 400, below: 500 };

const link = createIsomorphicFn()
  .server((): TRPCLink<ApiRouter> => directLink(getRequest()))
  .client((): TRPCLink<ApiRouter> => httpBatchLink({ url: "/api/trpc", maxURLLength: 4000 }));

const onServer = createIsomorphicFn()
  .server(() => true)
  .client(() => false);

/**
 * A cache and a client of the API: one pair for each request on the server, one for the page's life in a browser.
 * @param onSignedOut called when a session turns out to have ended
 */
export function createApiAccess(onSignedOut: () => void): ApiAccess {
  const onError = (error: unknown) => {
    if (apiCodeOf(error) === "UNAUTHORIZED") onSignedOut();
  };
  const queryClient = new QueryClient({
    queryCache: new QueryCache({ onError }),
    mutationCache: new MutationCache({ onError }),
    defaultOptions: {
      queries: {
        staleTime: FRESH_MS,
        retry: (failures, error) => !onServer() && failures < RETRIES && !isRefusal(error),
      },
    },
  });
  const client = createTRPCClient<ApiRouter>({ links: [link()] });
  return { queryClient, trpc: createTRPCOptionsProxy<ApiRouter>({ client, queryClient }) };
}

/** The API's queries and mutations, for TanStack Query's hooks: `useQuery(useApi().release.queryOptions())`. */
export function useApi(): Api {
  return useRouteContext({ from: rootRouteId, select: ({ trpc }) => trpc });
}

export function isApiError(error: unknown): error is ApiError {
  return error instanceof TRPCClientError;
}

/** tRPC's code, where an answer of the API carries one: `NOT_FOUND`, `UNAUTHORIZED`, … */
export function apiCodeOf(error: unknown): string | undefined {
  return isApiError(error) ? error.data?.code : undefined;
}

/** What to tell a person about a failed call: the API's own words, with its hint, or that it can't be reached. */
export function sentenceFor(error: unknown): string {
  if (!isApiError(error)) return "Something failed here. Please try again in a moment.";
  if (!error.data) return "FM5 can’t be reached. Please check your connection.";
  return [error.message, error.data.hint].filter(Boolean).join(" ");
}

/** What is wrong with which input of a refused call, by the input's path; empty for any other error. */
export function fieldErrorsOf(error: unknown): Readonly<Record<string, string>> {
  return (isApiError(error) ? error.data?.fields : undefined) ?? {};
}

function isRefusal(error: unknown): boolean {
  const status = isApiError(error) ? error.data?.httpStatus : undefined;
  return status !== undefined && status >= CLIENT_ERRORS.from && status < CLIENT_ERRORS.below;
}

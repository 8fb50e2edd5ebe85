import { createRouter } from "@tanstack/react-router";
import { setupRouterSsrQueryIntegration } from "@tanstack/react-router-ssr-query";
import { createIsomorphicFn } from "@tanstack/react-start";
import { requestContext } from "../lib/request-context.ts";
import { createApiAccess } from "./clients/api.ts";
import { FailedPage } from "./components/failed-page.tsx";
import { MissingPage } from "./components/missing-page.tsx";
import { PendingPage } from "./components/pending-page.tsx";
import { routeTree } from "./routeTree.gen.ts";

/** In a browser the router takes it from the page. */
const nonceOptions = createIsomorphicFn()
  .server(() => ({ ssr: { nonce: requestContext().nonce } }))
  .client(() => ({}));

/** One router for each request on the server, one for the page's life in a browser. */
export function getRouter() {
  const access = createApiAccess(() => void askToSignIn());
  const router = createRouter({
    routeTree,
    context: access,
    ...nonceOptions(),
    scrollRestoration: true,
    defaultPreload: "intent",
    // What was preloaded is kept by TanStack Query.
    defaultPreloadStaleTime: 0,
    defaultErrorComponent: FailedPage,
    defaultNotFoundComponent: MissingPage,
    defaultPendingComponent: PendingPage,
  });
  setupRouterSsrQueryIntegration({ router, queryClient: access.queryClient });

  /** The session has ended elsewhere: the pages for who is signed in find out when they ask again. */
  async function askToSignIn() {
    const { queryKey } = access.trpc.me.queryOptions();
    if (access.queryClient.getQueryData(queryKey) === undefined) return;
    access.queryClient.removeQueries({ queryKey });
    await router.invalidate();
  }

  return router;
}

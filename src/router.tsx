import { createRouter } from "@tanstack/react-router";
import { FailedPage } from "./components/failed-page.tsx";
import { MissingPage } from "./components/missing-page.tsx";
import { routeTree } from "./routeTree.gen.ts";

/** One router for each request on the server, one for the page's life in a browser. */
export function getRouter() {
  return createRouter({
    routeTree,
    scrollRestoration: true,
    defaultErrorComponent: FailedPage,
    defaultNotFoundComponent: MissingPage,
  });
}

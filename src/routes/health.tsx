import { createFileRoute } from "@tanstack/react-router";
import { setResponseStatus } from "@tanstack/react-start/server";
import { statusOf } from "../../lib/health.ts";
import { currentHealth } from "../../lib/health-check.ts";
import { HealthPage } from "../components/health-page.tsx";
import { loadHealth } from "../server-functions/health.ts";

const NO_STORE = { "cache-control": "no-store" };

/** For who asks for a page; the report itself is one of the plain answers. */
export const Route = createFileRoute("/health")({
  server: {
    handlers: {
      GET: async ({ next }) => {
        setResponseStatus(statusOf(await currentHealth()));
        return next();
      },
    },
  },
  headers: () => NO_STORE,
  head: () => ({ meta: [{ title: "Health · FM5" }] }),
  loader: () => loadHealth(),
  component: Health,
});

function Health() {
  return <HealthPage {...Route.useLoaderData()} />;
}

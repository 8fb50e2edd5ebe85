import { createFileRoute } from "@tanstack/react-router";
import { setResponseStatus } from "@tanstack/react-start/server";
import { wantsPage } from "../../lib/answers.ts";
import { statusOf } from "../../lib/health.ts";
import { currentHealth } from "../../lib/health-check.ts";
import { HealthPage } from "../components/health-page.tsx";
import { loadHealth } from "../server-functions/health.ts";

const NO_STORE = { "cache-control": "no-store" };

export const Route = createFileRoute("/health")({
  server: {
    handlers: {
      GET: async ({ request, next }) => {
        const report = await currentHealth();
        const status = statusOf(report);
        if (!wantsPage(request)) return Response.json(report, { status, headers: NO_STORE });
        setResponseStatus(status);
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

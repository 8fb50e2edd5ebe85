import { createFileRoute } from "@tanstack/react-router";
import { apiRouter } from "../../../../lib/routers/index.ts";
import { answerApi } from "../../../../lib/trpc.ts";

export const Route = createFileRoute("/api/trpc/$")({
  server: { handlers: { ANY: ({ request }) => answerApi(request, apiRouter) } },
});

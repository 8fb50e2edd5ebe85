import { createFileRoute } from "@tanstack/react-router";
import { answerAuth } from "../../../../lib/auth.ts";

export const Route = createFileRoute("/api/auth/$")({
  server: { handlers: { ANY: ({ request }) => answerAuth(request) } },
});

import { createFileRoute } from "@tanstack/react-router";
import { exportAccount } from "../../../../lib/account/export/answer.ts";
import { answerRead } from "../../../../lib/files/http/answer.ts";
import { methodRefused } from "../../../../lib/methods.ts";

export const Route = createFileRoute("/api/account/export")({
  server: {
    handlers: {
      GET: ({ request }) => answerRead(request, exportAccount),
      ANY: () => methodRefused(["GET"]),
    },
  },
});

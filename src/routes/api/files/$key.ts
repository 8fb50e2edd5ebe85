import { createFileRoute } from "@tanstack/react-router";
import { methodRefused } from "../../../../lib/methods.ts";
import { answerDownload } from "../../../../lib/files-api.ts";

export const Route = createFileRoute("/api/files/$key")({
  server: {
    handlers: {
      GET: ({ request, params }) => answerDownload(request, params.key),
      ANY: () => methodRefused(["GET", "HEAD"]),
    },
  },
});

import { createFileRoute } from "@tanstack/react-router";
import { methodRefused } from "../../../../lib/methods.ts";
import { answerFileList, answerUpload } from "../../../../lib/files-api.ts";

export const Route = createFileRoute("/api/files/")({
  server: {
    handlers: {
      GET: ({ request }) => answerFileList(request),
      POST: ({ request }) => answerUpload(request),
      ANY: () => methodRefused(["GET", "HEAD", "POST"]),
    },
  },
});

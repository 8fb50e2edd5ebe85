import { createFileRoute } from "@tanstack/react-router";
import { answerRead } from "../../../../../lib/files/http/answer.ts";
import { thumbnail } from "../../../../../lib/files/http/download.ts";
import { methodRefused } from "../../../../../lib/methods.ts";

/** GET shows the picture that a slicer put into a print file. */
export const Route = createFileRoute("/api/files/$id/thumbnail")({
  server: {
    handlers: {
      GET: ({ request, params }) => answerRead(request, (scope) => thumbnail(scope, params.id)),
      ANY: () => methodRefused(["GET", "HEAD"]),
    },
  },
});

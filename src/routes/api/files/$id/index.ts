import { createFileRoute } from "@tanstack/react-router";
import { answerChange, answerRead } from "../../../../../lib/files/http/answer.ts";
import { download } from "../../../../../lib/files/http/download.ts";
import { removeFile } from "../../../../../lib/files/remove.ts";
import { methodRefused } from "../../../../../lib/methods.ts";

/** GET downloads a file, or a part of it; DELETE cancels its upload, or removes it where it belongs to nothing. */
export const Route = createFileRoute("/api/files/$id/")({
  server: {
    handlers: {
      GET: ({ request, params }) => answerRead(request, (scope) => download(scope, request, params.id)),
      DELETE: ({ request, params }) =>
        answerChange(request, async (scope) => {
          await removeFile(scope, params.id);
          return new Response(null, { status: 204 });
        }),
      ANY: () => methodRefused(["GET", "HEAD", "DELETE"]),
    },
  },
});

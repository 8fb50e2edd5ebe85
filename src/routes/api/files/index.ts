import { createFileRoute } from "@tanstack/react-router";
import { beginUpload, newUploadSchema } from "../../../../lib/files/begin.ts";
import { answerChange, answerRead, jsonAnswer, readJson } from "../../../../lib/files/http/answer.ts";
import { listFiles } from "../../../../lib/files/list.ts";
import { methodRefused } from "../../../../lib/methods.ts";

/** GET lists files, page by page (`?cursor=`); POST begins an upload. */
export const Route = createFileRoute("/api/files/")({
  server: {
    handlers: {
      GET: ({ request }) =>
        answerRead(request, async (scope) => {
          const cursor = new URL(request.url).searchParams.get("cursor") ?? undefined;
          return jsonAnswer(await listFiles(scope, cursor));
        }),
      POST: ({ request }) =>
        answerChange(request, async (scope) =>
          jsonAnswer(await beginUpload(scope, await readJson(request, newUploadSchema)), 201),
        ),
      ANY: () => methodRefused(["GET", "HEAD", "POST"]),
    },
  },
});

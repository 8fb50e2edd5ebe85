import { createFileRoute } from "@tanstack/react-router";
import { answerRead, jsonAnswer } from "../../../../../../lib/files/http/answer.ts";
import { uploadState } from "../../../../../../lib/files/parts.ts";
import { methodRefused } from "../../../../../../lib/methods.ts";

/** GET tells which parts of an upload are there, so that it can go on with the others. */
export const Route = createFileRoute("/api/files/$id/parts/")({
  server: {
    handlers: {
      GET: ({ request, params }) =>
        answerRead(request, async (scope) => jsonAnswer(await uploadState(scope, params.id))),
      ANY: () => methodRefused(["GET", "HEAD"]),
    },
  },
});

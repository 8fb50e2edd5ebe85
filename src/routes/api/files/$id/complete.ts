import { createFileRoute } from "@tanstack/react-router";
import { completeUpload, completionSchema } from "../../../../../lib/files/complete.ts";
import { answerChange, jsonAnswer, readJson } from "../../../../../lib/files/http/answer.ts";
import { methodRefused } from "../../../../../lib/methods.ts";

/** POST ends an upload. The file is looked at in the background: ask for it until it is ready or rejected. */
export const Route = createFileRoute("/api/files/$id/complete")({
  server: {
    handlers: {
      POST: ({ request, params }) =>
        answerChange(request, async (scope) => {
          const completion = await readJson(request, completionSchema);
          return jsonAnswer(await completeUpload(scope, params.id, completion), 202);
        }),
      ANY: () => methodRefused(["POST"]),
    },
  },
});

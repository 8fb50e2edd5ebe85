import { createFileRoute } from "@tanstack/react-router";
import { answerChange } from "../../../../../../lib/files/http/answer.ts";
import { PARTS, takePart } from "../../../../../../lib/files/http/part.ts";
import { methodRefused } from "../../../../../../lib/methods.ts";

/** PUT sends a part of an upload. */
export const Route = createFileRoute("/api/files/$id/parts/$number")({
  server: {
    handlers: {
      PUT: ({ request, params }) => answerChange(request, (scope) => takePart(scope, request, params), PARTS),
      ANY: () => methodRefused(["PUT"]),
    },
  },
});

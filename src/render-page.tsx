import {
  createSsrStreamResponse,
  getSsrStatus,
  transformReadableStreamWithRouter,
} from "@tanstack/react-router/ssr/server";
import { defineHandlerCallback, StartServer } from "@tanstack/react-start/server";
import { renderToReadableStream } from "react-dom/server";
import { logError } from "../lib/log.ts";
import { requestContext } from "../lib/request-context.ts";

/**
 * Renders a page as a stream, as TanStack Start's own handler does, but for errors: one that comes before the page's
 * first byte, from a loader or from rendering, is thrown, so that no page is sent half and no failure with status 200.
 */
export const renderPage = defineHandlerCallback(async ({ request, router, responseHeaders }) => {
  const failed = router.state.matches.find((match) => match.status === "error");
  if (failed !== undefined) throw failed.error;

  const early: unknown[] = [];
  let begun = false;
  const page = await renderToReadableStream(<StartServer router={router} />, {
    signal: request.signal,
    // A page is small; in one piece it compresses better than in many.
    progressiveChunkSize: Number.POSITIVE_INFINITY,
    onError: (error) => {
      if (begun) logError("a page failed after it had begun", error, requestContext());
      else early.push(error);
    },
  });
  if (early.length > 0) {
    await page.cancel();
    throw early[0];
  }
  begun = true;

  const options = { rendererSafePoint: "script-close", signal: request.signal } as const;
  const body = transformReadableStreamWithRouter(router, page, options);
  const init = { status: getSsrStatus(router), headers: responseHeaders };
  return createSsrStreamResponse(router, new Response(body, init));
});

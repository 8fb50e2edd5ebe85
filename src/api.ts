import { apiRouter } from "../lib/routers/index.ts";
import { answerApi } from "../lib/trpc.ts";

/** Whatever is asked below /api/trpc. */
export function answerCall(request: Request): Promise<Response> {
  return answerApi(request, apiRouter);
}

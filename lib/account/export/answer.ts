import { recordEvent } from "../../audit.ts";
import { disposition } from "../../file-name.ts";
import { logError } from "../../log.ts";
import { type RateLimit, requireTurn } from "../../rate-limit.ts";
import { requestContext } from "../../request-context.ts";
import type { Scope } from "../../scope.ts";
import { exportEntries } from "./export.ts";
import { zipOf } from "./zip.ts";

/** Of one account. */
const EXPORTS: RateLimit = { what: "export", max: 5, windowSeconds: 60 * 60 };

/**
 * All data and files of an account as one archive, which is made while it is sent.
 * @throws {AppError} rate_limited
 */
export async function exportAccount(scope: Scope): Promise<Response> {
  await requireTurn(EXPORTS, scope.user.id);
  recordEvent(scope.user.id, "exported");
  const name = `fm5-${new Date().toISOString().slice(0, 10)}.zip`;
  return new Response(streamOf(zipOf(exportEntries(scope))), {
    headers: {
      "content-type": "application/zip",
      "content-disposition": disposition("attachment", name),
      "cache-control": "no-store",
    },
  });
}

/** Takes a piece when one is wanted. The request keeps its database client until the last of them. */
function streamOf(pieces: AsyncGenerator<Uint8Array, void>): ReadableStream<Uint8Array> {
  const context = requestContext();
  const ended = Promise.withResolvers<void>();
  context.waitUntil(ended.promise);
  return new ReadableStream({
    pull: async (controller) => {
      try {
        const { done, value } = await pieces.next();
        if (done !== true) return controller.enqueue(value);
        controller.close();
      } catch (error) {
        logError("an export ended early", error, context);
        controller.error(new Error("The export ended early"));
      }
      ended.resolve();
    },
    cancel: async () => {
      await pieces.return();
      ended.resolve();
    },
  });
}

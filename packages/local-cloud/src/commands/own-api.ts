import * as z from "zod";
import { LocalCloudError } from "../errors.ts";
import { resolve } from "node:path";
import { readReadyFile } from "../ready-file.ts";

const envelopeSchema = z.object({
  success: z.boolean(),
  errors: z.array(z.object({ message: z.string() })),
  result: z.unknown(),
});

/**
 * Asks one of the running local cloud's own routes.
 * @throws {LocalCloudError} NOT_RUNNING, or USAGE with its words when it refuses.
 */
export async function askOwnApi(
  dataDir: string,
  request: { readonly method: "GET" | "POST" | "DELETE"; readonly path: string; readonly body?: unknown },
): Promise<unknown> {
  const { apiBaseUrl, apiToken } = readReadyFile(resolve(dataDir));
  const answer = await fetch(new URL(request.path, apiBaseUrl), {
    method: request.method,
    headers: { authorization: `Bearer ${apiToken}`, "content-type": "application/json" },
    ...(request.body === undefined ? {} : { body: JSON.stringify(request.body) }),
  });
  const { success, errors, result } = envelopeSchema.parse(await answer.json());
  if (success) return result;
  throw new LocalCloudError({
    code: "USAGE",
    message: errors.map(({ message }) => message).join("; "),
    hint: "npx local-cloud --help lists the commands and options.",
  });
}

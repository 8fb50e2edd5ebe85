import process from "node:process";
import { resolve } from "node:path";
import * as z from "zod";
import { LocalCloudError } from "../errors.ts";
import { readReadyFile } from "../ready-file.ts";

const answerSchema = z.object({
  success: z.boolean(),
  errors: z.array(z.object({ message: z.string() })),
  result: z.object({ token: z.string() }).nullable(),
});

/**
 * Prints a new token that may do no more than the scopes say.
 * @throws {LocalCloudError} NOT_RUNNING, or USAGE for a scope that there is not.
 */
export async function token(options: {
  readonly dataDir: string;
  readonly scopes: readonly string[];
}): Promise<number> {
  const { apiBaseUrl, apiToken } = readReadyFile(resolve(options.dataDir));
  const response = await fetch(new URL("/__tokens", apiBaseUrl), {
    method: "POST",
    headers: { authorization: `Bearer ${apiToken}`, "content-type": "application/json" },
    body: JSON.stringify({ name: "local-cloud token", scopes: options.scopes }),
  });
  const { result, errors } = answerSchema.parse(await response.json());
  if (result === null) {
    throw new LocalCloudError({
      code: "USAGE",
      message: errors.map(({ message }) => message).join("; "),
      hint: "Scopes are KIND:read and KIND:write, such as --scope workers:read --scope r2:write.",
    });
  }
  process.stdout.write(`${result.token}\n`);
  return 0;
}

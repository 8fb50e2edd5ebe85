import { AppError } from "../app-error.ts";
import { processFile } from "../files/process.ts";
import { requestContext } from "../request-context.ts";
import type { Scope } from "../scope.ts";
import { stuckSince } from "./system.ts";

/**
 * Looks once more at a file that nobody looks at any more, after the answer.
 * @throws AppError not_found when it isn't stuck
 */
export async function retryFile({ database }: Scope, { id }: { readonly id: string }): Promise<void> {
  const file = await database.file.findFirst({ where: { id, ...stuckSince() }, select: { id: true } });
  if (file === null) throw new AppError({ code: "not_found", message: "This file isn’t stuck any more." });
  requestContext().waitUntil(processFile({ database }, file.id));
}

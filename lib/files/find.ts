import type { File } from "../../generated/prisma/client.ts";
import { FileState } from "../../generated/prisma/enums.ts";
import { notFound, owned, type Scope } from "../scope.ts";

/** Everything but what is being removed. */
export const SHOWN = { state: { not: FileState.removing } };

/** @throws {AppError} not_found */
export async function findFile(scope: Scope, id: string): Promise<File> {
  const file = await scope.database.file.findFirst({ where: { id, ...owned(scope), ...SHOWN } });
  if (file === null) throw notFound("file");
  return file;
}

import { z } from "zod";
import { pageOf, readCursor } from "../keyset.ts";
import { owned, type Scope } from "../scope.ts";
import { SHOWN } from "./find.ts";
import { resumeProcessing } from "./process.ts";
import { fileSchema, type FileView, fileView } from "./view.ts";
import { findFile } from "./find.ts";

const PAGE = 50;

export const filePageSchema = z.object({ items: z.array(fileSchema), nextCursor: z.string().nullable() });

/** All files of an account, the newest first, attached or not. */
export async function listFiles(scope: Scope, cursor?: string): Promise<z.infer<typeof filePageSchema>> {
  const after = cursor === undefined ? null : readCursor(cursor, z.tuple([z.iso.datetime(), z.uuid()]));
  const found = await scope.database.file.findMany({
    where: { ...owned(scope), ...SHOWN, ...(after === null ? {} : olderThan(after)) },
    orderBy: [{ createdAt: "desc" }, { id: "desc" }],
    take: PAGE + 1,
  });
  resumeProcessing(scope, found);
  const page = pageOf({ found, limit: PAGE, keyOf: ({ createdAt, id }) => [createdAt.toISOString(), id] });
  return { items: page.items.map(fileView), nextCursor: page.nextCursor };
}

/** @throws {AppError} not_found */
export async function getFile(scope: Scope, id: string): Promise<FileView> {
  const file = await findFile(scope, id);
  resumeProcessing(scope, [file]);
  return fileView(file);
}

function olderThan([createdAt, id]: readonly [string, string]) {
  return { OR: [{ createdAt: { lt: createdAt } }, { createdAt, id: { lt: id } }] };
}

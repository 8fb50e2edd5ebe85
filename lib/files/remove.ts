import { FileState } from "../../generated/prisma/enums.ts";
import type { PrismaClient } from "../../generated/prisma/client.ts";
import { AppError } from "../app-error.ts";
import { logError } from "../log.ts";
import { requestContext } from "../request-context.ts";
import { owned, type Scope } from "../scope.ts";
import { filesFolder } from "../storage.ts";
import { findFile } from "./find.ts";
import { currentStorage, keyOf } from "./here.ts";
import { DELETED_AT_ONCE, UPLOAD_LASTS_MS } from "./limits.ts";

/** Failed removals of others that one request goes on with, and unfinished uploads that it ends. */
const TIDIED_AT_ONCE = 50;

/**
 * Cancels an upload, or removes a file that is no version and no picture (those are removed with what they belong to).
 * @throws {AppError} not_found, conflict
 */
export async function removeFile(scope: Scope, id: string): Promise<void> {
  await findFile(scope, id);
  const { count } = await scope.database.file.updateMany({
    where: { id, ...owned(scope), revision: null, picture: null },
    data: { state: FileState.removing },
  });
  if (count === 0)
    throw new AppError({
      code: "conflict",
      message: "This file belongs to a model.",
      hint: "Remove the version or the picture instead.",
    });
  purgeLater({ ownerId: scope.user.id });
}

/** Removes what is marked so from the bucket, after the answer. The rows are gone for their owner already. */
export function purgeLater(where: { readonly ownerId: string }): void {
  const { database, waitUntil } = requestContext();
  waitUntil(purge(database(), where));
}

/** Ends uploads that were forgotten, whoever's, and tries again what couldn't be removed before. After the answer. */
export function tidyLater(): void {
  const { database, waitUntil } = requestContext();
  waitUntil(tidy(database()));
}

async function tidy(database: PrismaClient): Promise<void> {
  try {
    const forgotten = await database.file.findMany({
      where: { state: FileState.uploading, updatedAt: { lt: new Date(Date.now() - UPLOAD_LASTS_MS) } },
      take: TIDIED_AT_ONCE,
    });
    if (forgotten.length > 0)
      await database.file.updateMany({
        where: { id: { in: forgotten.map(({ id }) => id) }, state: FileState.uploading },
        data: { state: FileState.removing },
      });
    await purge(database, {}, TIDIED_AT_ONCE);
  } catch (error) {
    logError("forgotten uploads could not be ended", error, requestContext());
  }
}

/** The bucket first, then the rows that tell of it: whatever fails in between is found again. Never throws. */
async function purge(
  database: PrismaClient,
  where: { readonly ownerId?: string },
  take = DELETED_AT_ONCE,
): Promise<void> {
  try {
    const files = await database.file.findMany({ where: { ...where, state: FileState.removing }, take });
    if (files.length === 0) return;
    const storage = currentStorage();
    await storage.delete(files.map(keyOf));
    for (const file of files) {
      const { uploadId } = file;
      // One that R2 has given up by itself is no failure.
      if (uploadId !== null) await storage.abortUpload({ key: keyOf(file), uploadId }).catch(() => undefined);
    }
    await database.file.deleteMany({
      where: { id: { in: files.map(({ id }) => id) }, state: FileState.removing },
    });
  } catch (error) {
    logError("files could not be removed from the bucket", error, requestContext());
  }
}

/**
 * Deletes everything that an account has in the bucket, whether the database knows of it or not. May be called again; is
 * to be called before the account's rows go, and once more afterwards.
 * @throws what the storage failed with
 */
export async function removeAllObjects(ownerId: string): Promise<void> {
  const { database } = requestContext();
  const storage = currentStorage();
  const unfinished = await database().file.findMany({ where: { ownerId, uploadId: { not: null } } });
  for (const file of unfinished)
    await storage.abortUpload({ key: keyOf(file), uploadId: file.uploadId ?? "" }).catch(() => undefined);

  for (;;) {
    const { objects } = await storage.list({ prefix: filesFolder(ownerId), limit: DELETED_AT_ONCE });
    if (objects.length === 0) return;
    await storage.delete(objects.map(({ key }) => key));
  }
}

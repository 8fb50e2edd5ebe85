import { AppError } from "../app-error.ts";
import { requestContext } from "../request-context.ts";
import { fileKey, storageOf } from "../storage.ts";
import type { FileStorage } from "../storage/file-storage.ts";

/** The storage of this Worker. */
export function currentStorage(): FileStorage {
  return storageOf(requestContext().env());
}

/** Where a file lies whose id the database holds. */
export function keyOf(file: { readonly ownerId: string; readonly id: string }): string {
  const key = fileKey(file.ownerId, file.id);
  if (key === null) throw new Error("The database holds a file without a file's id");
  return key;
}

/** What to say when the storage fails, or the way to it. */
export function storageFailed(cause: unknown): never {
  throw new AppError({
    code: "unavailable",
    message: "The file storage can’t be reached just now.",
    hint: "Please try again in a moment.",
    cause,
  });
}

import { z } from "zod";
import type { File, FilePart } from "../../generated/prisma/client.ts";
import { FileState } from "../../generated/prisma/enums.ts";
import { AppError } from "../app-error.ts";
import { requestContext } from "../request-context.ts";
import { notFound, owned, type Scope } from "../scope.ts";
import { attachmentTo, attachmentSchema, isTakenNumber } from "./attach.ts";
import { findFile, SHOWN } from "./find.ts";
import { currentStorage, keyOf, storageFailed } from "./here.ts";
import { partCount, partSize } from "./limits.ts";
import { processFile } from "./process.ts";
import { type FileView, fileView } from "./view.ts";

export const completionSchema = z.object({
  /** Of the whole file, as the sender computed it. */
  sha256: z.string().regex(/^[0-9a-f]{64}$/u, "must have 64 hexadecimal digits"),
  attachTo: attachmentSchema.optional(),
});

type Completion = Readonly<z.infer<typeof completionSchema>>;

const ATTEMPTS = 3;

/**
 * Ends an upload: its parts become one file, which is then looked at in the background. To end it again is nothing.
 * @throws {AppError} not_found, conflict when parts are missing, unavailable
 */
export async function completeUpload(scope: Scope, id: string, completion: Completion): Promise<FileView> {
  const [file, parts] = await scope.database.$transaction([
    scope.database.file.findFirst({ where: { id, ...owned(scope), ...SHOWN } }),
    scope.database.filePart.findMany({ where: { fileId: id }, orderBy: { number: "asc" } }),
  ]);
  if (file === null) throw notFound("file");
  if (file.state === FileState.uploading) {
    checkParts(file, parts);
    await joinParts(file, parts);
    await record(scope, file, completion);
    requestContext().waitUntil(processFile(scope, id));
  }
  return fileView(await findFile(scope, id));
}

function checkParts(file: File, parts: readonly FilePart[]): void {
  const sizeBytes = Number(file.sizeBytes);
  const there = new Map(parts.map((part) => [part.number, part.sizeBytes]));
  const missing = Array.from({ length: partCount(sizeBytes) }, (_, index) => index + 1).filter(
    (number) => there.get(number) !== partSize(sizeBytes, number),
  );
  if (missing.length > 0)
    throw new AppError({
      code: "conflict",
      message: `The file isn’t whole: part ${missing.slice(0, 20).join(", ")} is missing.`,
      hint: "Please send what is missing.",
    });
}

/** A reply that was lost leaves the object complete and its upload gone. */
async function joinParts(file: File, parts: readonly FilePart[]): Promise<void> {
  const storage = currentStorage();
  const key = keyOf(file);
  try {
    if (file.uploadId !== null) await storage.completeUpload({ key, uploadId: file.uploadId, parts });
  } catch (error) {
    const stored = await storage.head(key).catch(storageFailed);
    if (stored?.sizeBytes !== Number(file.sizeBytes)) storageFailed(error);
  }
}

/** In one step, so that a complete file is attached or is still uploading. Repeated when somebody else took the same number. */
async function record(scope: Scope, file: File, completion: Completion): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      await recordOnce(scope, file, completion);
      return;
    } catch (error) {
      if (!isTakenNumber(error)) throw error;
      // Or it was completed by another request in the meantime.
      const now = await findFile(scope, file.id);
      if (now.state !== FileState.uploading) return;
      if (attempt === ATTEMPTS) throw error;
    }
  }
}

async function recordOnce(
  scope: Scope,
  { id, ...file }: File,
  { sha256, attachTo }: Completion,
): Promise<void> {
  const attached = attachTo === undefined ? [] : await attachmentTo(scope, { ...file, id }, attachTo);
  await scope.database.$transaction([
    ...attached,
    scope.database.filePart.deleteMany({ where: { fileId: id } }),
    scope.database.file.updateMany({
      where: { id, ...owned(scope), state: FileState.uploading },
      data: { state: FileState.processing, sha256, uploadId: null },
    }),
  ]);
}

import { z } from "zod";
import { FileKind, FileState } from "../../generated/prisma/enums.ts";
import { AppError } from "../app-error.ts";
import { fileName, NAME_LIMIT } from "../file-name.ts";
import { owned, type Scope } from "../scope.ts";
import { currentStorage, keyOf, storageFailed } from "./here.ts";
import { isNamedAs, kindInWords } from "./kinds.ts";
import { PART_BYTES, partCount, QUOTA, SIZE_LIMITS_BYTES } from "./limits.ts";
import { tidyLater } from "./remove.ts";
import { sizeInWords } from "./sizes.ts";

export const newUploadSchema = z.object({
  name: z.string().max(1000),
  kind: z.enum([FileKind.print, FileKind.picture]),
  sizeBytes: z.int().nonnegative(),
});

export type NewUpload = Readonly<z.infer<typeof newUploadSchema>>;

/** An upload that may begin. */
export interface UploadPlan {
  readonly id: string;
  /** Of every part but the last. */
  readonly partBytes: number;
  readonly partCount: number;
}

/**
 * Makes room for a file before any of its bytes is sent. What fits one part is stored at once, without R2's multipart upload.
 * @throws {AppError} invalid, too_large, conflict when the account's quota is used up
 */
export async function beginUpload(scope: Scope, upload: NewUpload): Promise<UploadPlan> {
  const name = checkedName(upload);
  checkSize(upload);
  await checkQuota(scope, upload.sizeBytes);

  const file = { id: crypto.randomUUID(), ...owned(scope) };
  const count = partCount(upload.sizeBytes);
  const uploadId =
    count === 1
      ? null
      : await currentStorage()
          .createUpload({ key: keyOf(file), contentType: "application/octet-stream" })
          .catch(storageFailed);
  const { kind, sizeBytes } = upload;
  await scope.database.file.create({ data: { ...file, name, kind, sizeBytes, uploadId } });
  tidyLater();
  return { id: file.id, partBytes: PART_BYTES, partCount: count };
}

function checkedName({ name, kind }: NewUpload): string {
  const checked = fileName(name);
  if (checked === null) throw invalid("name", `Name the file, in ${NAME_LIMIT} characters at most.`);
  if (!isNamedAs(kind, checked)) throw invalid("name", `This takes ${kindInWords(kind)}.`);
  return checked;
}

function checkSize({ kind, sizeBytes }: NewUpload): void {
  if (sizeBytes === 0) throw invalid("sizeBytes", "The file is empty.");
  const limit = SIZE_LIMITS_BYTES[kind];
  if (sizeBytes > limit)
    throw new AppError({
      code: "too_large",
      message: `This file is too large: ${sizeInWords(limit)} at most.`,
      field: "sizeBytes",
    });
}

async function checkQuota(scope: Scope, sizeBytes: number): Promise<void> {
  const used = await usageOf(scope);
  if (used.unfinished >= QUOTA.unfinished)
    throw new AppError({
      code: "conflict",
      message: `${QUOTA.unfinished} uploads are unfinished.`,
      hint: "Finish or cancel one of them first.",
    });
  if (used.files >= QUOTA.files || used.bytes + sizeBytes > QUOTA.bytes)
    throw new AppError({
      code: "conflict",
      message: `There is no room left: ${QUOTA.files} files of ${sizeInWords(QUOTA.bytes)} in all at most.`,
      hint: "Remove models or versions that you don’t need.",
    });
}

export interface Usage {
  readonly files: number;
  readonly bytes: number;
  readonly unfinished: number;
}

/** How much of an account's room is taken. */
export async function usageOf(scope: Scope): Promise<Usage> {
  const states = await scope.database.file.groupBy({
    by: ["state"],
    where: owned(scope),
    _count: { _all: true },
    _sum: { sizeBytes: true },
  });
  const taking = states.filter(({ state }) => state !== FileState.rejected && state !== FileState.removing);
  return {
    files: taking.reduce((sum, { _count }) => sum + _count._all, 0),
    bytes: taking.reduce((sum, { _sum }) => sum + Number(_sum.sizeBytes ?? 0), 0),
    unfinished: taking.find(({ state }) => state === FileState.uploading)?._count._all ?? 0,
  };
}

function invalid(field: string, message: string): AppError {
  return new AppError({ code: "invalid", message, field });
}

import type { File } from "../../generated/prisma/client.ts";
import { FileState } from "../../generated/prisma/enums.ts";
import { AppError } from "../app-error.ts";
import { requestContext } from "../request-context.ts";
import { notFound, owned, type Scope } from "../scope.ts";
import { uploadFile } from "../storage.ts";
import { digester } from "./digest.ts";
import { findFile, SHOWN } from "./find.ts";
import { currentStorage, keyOf, storageFailed } from "./here.ts";
import { PART_BYTES, partCount, partSize } from "./limits.ts";

export interface SentPart {
  readonly fileId: string;
  /** From 1. */
  readonly number: number;
  readonly content: ReadableStream<Uint8Array>;
  readonly sizeBytes: number;
  /** 64 hexadecimal digits, as the sender computed it. */
  readonly sha256: string;
}

/** How far an upload has come. */
export interface UploadState {
  readonly id: string;
  readonly state: Exclude<FileState, "removing">;
  readonly partBytes: number;
  readonly partCount: number;
  /** Numbers of the parts that are there, ascending. */
  readonly parts: readonly number[];
}

/**
 * Stores a part of an upload as it comes, in place of one that came before. It counts only when its checksum is right.
 * @throws {AppError} not_found, conflict, invalid, or damaged: send it again
 */
export async function storePart(scope: Scope, part: SentPart): Promise<void> {
  const file = await findUploading(scope, part.fileId);
  const expected = partSize(Number(file.sizeBytes), part.number);
  if (part.number < 1 || expected <= 0)
    throw invalid(`This file has parts 1 to ${partCount(Number(file.sizeBytes))}.`);
  if (part.sizeBytes !== expected) throw invalid(`Part ${part.number} is to have ${expected} bytes.`);

  const { sink, sha256 } = digester();
  const [etag, found] = await Promise.all([send(file, part, sink), sha256]).catch(storageFailed);
  if (found !== part.sha256)
    throw new AppError({
      code: "damaged",
      message: "A part of the file was damaged on its way.",
      hint: "Please send it again.",
    });
  await acknowledge(scope, part, etag);
}

/** @throws {AppError} not_found */
export async function uploadState(scope: Scope, id: string): Promise<UploadState> {
  const [file, parts] = await scope.database.$transaction([
    scope.database.file.findFirst({ where: { id, ...owned(scope), ...SHOWN } }),
    scope.database.filePart.findMany({ where: { fileId: id }, orderBy: { number: "asc" } }),
  ]);
  if (file === null) throw notFound("file");
  return {
    id,
    state: file.state as UploadState["state"],
    partBytes: PART_BYTES,
    partCount: partCount(Number(file.sizeBytes)),
    parts: file.state === FileState.uploading ? parts.map(({ number }) => number) : [],
  };
}

async function findUploading(scope: Scope, id: string): Promise<File> {
  const file = await findFile(scope, id);
  if (file.state !== FileState.uploading)
    throw new AppError({ code: "conflict", message: "This file is complete: it takes no more parts." });
  return file;
}

/** A file of one part is stored as it is; R2 keeps what came last under its key. */
async function send(
  file: File,
  { content, number, sizeBytes }: SentPart,
  copyTo: WritableStream<Uint8Array>,
): Promise<string> {
  const key = keyOf(file);
  if (file.uploadId !== null)
    return currentStorage().putPart({ key, uploadId: file.uploadId, number, content, sizeBytes, copyTo });
  const upload = { type: "", size: sizeBytes, stream: () => content, copyTo };
  await uploadFile(requestContext().env(), key, upload);
  return "";
}

/** What was cancelled in the meantime takes no part any more. */
async function acknowledge(scope: Scope, part: SentPart, etag: string): Promise<void> {
  const { fileId, number, sizeBytes } = part;
  const id = { fileId, number };
  const kept = await scope.database.filePart
    .upsert({ where: { fileId_number: id }, create: { ...id, etag, sizeBytes }, update: { etag, sizeBytes } })
    .catch(nullForMissingFile);
  if (kept === null) throw notFound("file");
}

/** @see https://www.prisma.io/docs/orm/reference/error-reference#p2003 */
function nullForMissingFile(error: unknown): null {
  if (error instanceof Error && "code" in error && error.code === "P2003") return null;
  throw error;
}

function invalid(message: string): AppError {
  return new AppError({ code: "invalid", message });
}

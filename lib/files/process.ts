import type { File } from "../../generated/prisma/client.ts";
import { FileKind, FileState } from "../../generated/prisma/enums.ts";
import type { ByteSource } from "../print-files/byte-source.ts";
import type { PrintMetadata } from "../print-files/metadata.ts";
import { PrintFileError } from "../print-files/problem.ts";
import { contentTypeOf, readPrintFile } from "../print-files/read.ts";
import { type FileContent, isPicture, sniff } from "../print-files/sniff.ts";
import { logError } from "../log.ts";
import { requestContext } from "../request-context.ts";
import type { Scope } from "../scope.ts";
import type { FileStorage } from "../storage/file-storage.ts";
import { sha256Of } from "./digest.ts";
import { currentStorage, keyOf } from "./here.ts";
import { LOOKING_LASTS_MS } from "./limits.ts";
import { objectSource } from "./object-source.ts";

type Finding =
  | {
      readonly state: "ready";
      readonly contentType: string;
      readonly metadata?: PrintMetadata;
      readonly problem?: string;
    }
  | { readonly state: "rejected"; readonly problem: string };

const DAMAGED = "The file was damaged on its way: its checksum is wrong. Please upload it again.";
const NO_PICTURE = "By its content this is no picture, whatever its name says.";
const UNREADABLE = "What the slicer wrote into it could not be read.";

/**
 * Verifies a complete file, finds out what it is and reads what it tells. What isn't what it should be is deleted from
 * the bucket. May be called again at any time; whoever looks at the file then, looks alone. Never throws.
 */
export async function processFile(scope: Pick<Scope, "database">, id: string): Promise<void> {
  try {
    const file = await claim(scope, id);
    if (file !== null) await settle(scope, file, await lookAt(currentStorage(), file));
  } catch (error) {
    // It stays in processing: the next look at it begins again.
    logError("a file could not be looked at", error, requestContext());
  }
}

/** Goes on with files that lost whoever looked at them, after the answer. */
export function resumeProcessing(scope: Scope, files: readonly File[]): void {
  for (const file of files) {
    if (file.state === FileState.processing && isLeft(file))
      requestContext().waitUntil(processFile(scope, file.id));
  }
}

function isLeft({ updatedAt }: File): boolean {
  return updatedAt.getTime() < Date.now() - LOOKING_LASTS_MS;
}

/** Null when it needs no looking at, or somebody else was quicker. */
async function claim({ database }: Pick<Scope, "database">, id: string): Promise<File | null> {
  const file = await database.file.findFirst({ where: { id, state: FileState.processing } });
  if (file === null) return null;
  const { count } = await database.file.updateMany({
    where: { id, state: FileState.processing, updatedAt: file.updatedAt },
    data: { updatedAt: new Date() },
  });
  return count === 1 ? file : null;
}

async function lookAt(storage: FileStorage, file: File): Promise<Finding> {
  const key = keyOf(file);
  const content = await storage.get(key);
  if (content === null || (await sha256Of(content)) !== file.sha256)
    return { state: "rejected", problem: DAMAGED };
  try {
    return await read(objectSource(storage, { key, sizeBytes: Number(file.sizeBytes) }), file);
  } catch (error) {
    if (error instanceof PrintFileError) return { state: "rejected", problem: error.message };
    throw error;
  }
}

async function read(source: ByteSource, { kind, name }: File): Promise<Finding> {
  const content = await sniff(source, name);
  if (kind === FileKind.picture)
    return isPicture(content)
      ? { state: "ready", contentType: content }
      : { state: "rejected", problem: NO_PICTURE };
  return { state: "ready", contentType: contentTypeOf(content), ...(await told(source, content)) };
}

/** A defect of ours in reading doesn't cost the file; that its bytes can't be had is none. */
async function told(
  source: ByteSource,
  content: FileContent,
): Promise<{ readonly metadata: PrintMetadata } | { readonly problem: string }> {
  const reading = watched(source);
  try {
    return { metadata: await readPrintFile(reading.source, content) };
  } catch (error) {
    if (error instanceof PrintFileError || reading.hasFailed()) throw error;
    logError("a print file could not be read", error, requestContext());
    return { problem: UNREADABLE };
  }
}

function watched(source: ByteSource): { readonly source: ByteSource; readonly hasFailed: () => boolean } {
  let failed = false;
  const watching: ByteSource = {
    sizeBytes: source.sizeBytes,
    read: async (offset, length) => {
      try {
        return await source.read(offset, length);
      } catch (error) {
        failed = true;
        throw error;
      }
    },
  };
  return { source: watching, hasFailed: () => failed };
}

/** The bucket first: while it can't be reached, the file isn't rejected yet. */
async function settle({ database }: Pick<Scope, "database">, file: File, finding: Finding): Promise<void> {
  if (finding.state === "rejected") await currentStorage().delete([keyOf(file)]);
  const { metadata, ...found } = { metadata: undefined, ...finding };
  await database.file.updateMany({
    where: { id: file.id, state: FileState.processing },
    data: { ...found, ...(metadata === undefined ? {} : { metadata: { ...metadata } }) },
  });
}

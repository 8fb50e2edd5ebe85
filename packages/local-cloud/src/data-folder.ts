import { LocalCloudError, systemErrorCode } from "./errors.ts";

const REASONS: Readonly<Record<string, string>> = {
  ENOSPC: "the disk is full",
  EDQUOT: "the disk quota is used up",
  EACCES: "this user may not write there",
  EPERM: "this user may not write there",
  EROFS: "the file system is read-only",
  ENOTDIR: "a part of the path is a file",
  EEXIST: "a file has that name",
};

/** Why a data folder can't be used, from the system's error. */
export function dataFolderUnusable(folder: string, cause: unknown): LocalCloudError {
  const code = systemErrorCode(cause) ?? "";
  return new LocalCloudError({
    code: "DATA_FOLDER_UNUSABLE",
    message: `The data folder ${folder} can't be used: ${REASONS[code] ?? (cause instanceof Error ? cause.message : String(cause))}.`,
    hint: "Free some space, or choose another folder with --data DIR.",
    cause,
  });
}

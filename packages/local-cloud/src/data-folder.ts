import { chmodSync, mkdirSync, rmSync } from "node:fs";
import { join, resolve } from "node:path";
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

/** @see withPersistRootStartupLock in miniflare's source */
const MINIFLARE_LOCK = ".miniflare-startup.lock";

/** Others may pass through the folder (PostgreSQL runs as another user when this process is root's) but not list it. */
export function makeDataFolder(path: string): string {
  const dataDir = resolve(path);
  try {
    mkdirSync(dataDir, { recursive: true });
    chmodSync(dataDir, 0o711);
    return dataDir;
  } catch (error) {
    throw dataFolderUnusable(dataDir, error);
  }
}

/**
 * Removes what a killed process left that belongs to its run only. miniflare would wait 30 s for its lock to become stale; the
 * state file's lock, which is held here, is the one that counts.
 */
export function clearLeftovers(dataDir: string): void {
  rmSync(join(dataDir, "run"), { recursive: true, force: true });
  mkdirSync(join(dataDir, "run"), { recursive: true });
  rmSync(join(dataDir, "storage", MINIFLARE_LOCK), { force: true });
}

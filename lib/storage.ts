import type { Env, UsableEnv } from "./env.ts";
import { EnvError } from "./env.ts";
import type { FileStorage } from "./storage/file-storage.ts";
import { r2Storage } from "./storage/r2.ts";
import { s3Storage } from "./storage/s3.ts";

/** What can be stored at once: a `File`, or a request's body with its length and type. */
export interface Upload {
  readonly type: string;
  /** Bytes. */
  readonly size: number;
  readonly stream: () => ReadableStream<Uint8Array>;
  readonly copyTo?: WritableStream<Uint8Array>;
}

const UNKNOWN_TYPE = "application/octet-stream";
const ID_FORM = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/u;
const S3_SETTINGS = ["R2_BUCKET", "R2_ACCESS_KEY_ID", "R2_SECRET_ACCESS_KEY"] as const;

/**
 * Where this Worker keeps its files: the bucket that is bound to it, or with R2_ENDPOINT another one, by S3's protocol.
 * @throws {EnvError} naming what is missing
 */
export function storageOf(env: UsableEnv): FileStorage {
  const { R2_ENDPOINT: endpoint, FILE_STORAGE: bucket } = env;
  if (endpoint !== undefined) return s3Storage({ endpoint, ...s3Settings(env) });
  if (bucket === undefined) throw new EnvError([{ name: "FILE_STORAGE", problem: "is missing" }]);
  return r2Storage(bucket);
}

/** Stores a file at once, as a stream. R2 needs to know its length. */
export async function uploadFile(env: Env, key: string, file: Upload): Promise<void> {
  const contentType = file.type || UNKNOWN_TYPE;
  const { size: sizeBytes, copyTo } = file;
  await storageOf(env).put({
    key,
    content: file.stream(),
    sizeBytes,
    contentType,
    ...(copyTo && { copyTo }),
  });
}

/**
 * Where a user's file lies in the bucket. The owner is part of the key, so an id alone opens nobody else's file.
 * @returns null when `id` is no file id.
 */
export function fileKey(ownerId: string, id: string): string | null {
  return ID_FORM.test(id) ? `${filesFolder(ownerId)}${id}` : null;
}

/** How the keys of all of a user's files begin. */
export function filesFolder(ownerId: string): string {
  return `users/${encodeURIComponent(ownerId)}/`;
}

function s3Settings(env: UsableEnv) {
  const missing = S3_SETTINGS.filter((name) => env[name] === undefined);
  if (missing.length > 0)
    throw new EnvError(missing.map((name) => ({ name, problem: "is missing, and R2_ENDPOINT is set" })));
  return {
    bucket: env.R2_BUCKET ?? "",
    accessKeyId: env.R2_ACCESS_KEY_ID ?? "",
    secretAccessKey: env.R2_SECRET_ACCESS_KEY ?? "",
  };
}

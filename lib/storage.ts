/** The part of an R2 bucket that FM5 uses. @see https://developers.cloudflare.com/r2/api/workers/workers-api-reference/ */
export interface FileBucket {
  readonly head: (key: string) => Promise<StoredObject | null>;
  readonly get: (key: string) => Promise<StoredBody | null>;
  readonly put: (key: string, value: ReadableStream, options: PutOptions) => Promise<StoredObject | null>;
  readonly list: (options: ListOptions) => Promise<{ readonly objects: readonly StoredObject[] }>;
}

interface PutOptions {
  readonly httpMetadata: { readonly contentType: string };
  readonly customMetadata: Readonly<Record<string, string>>;
}

interface ListOptions {
  readonly prefix: string;
  readonly limit: number;
  readonly include: readonly ("httpMetadata" | "customMetadata")[];
}

interface StoredObject {
  readonly key: string;
  /** Bytes. */
  readonly size: number;
  readonly httpEtag: string;
  readonly uploaded: Date;
  readonly httpMetadata?: { readonly contentType?: string };
  readonly customMetadata?: Readonly<Record<string, string>>;
}

interface StoredBody extends StoredObject {
  readonly body: ReadableStream;
}

/** What can be stored: a `File`, or a request's body with its name and type. */
export interface Upload {
  readonly name: string;
  readonly type: string;
  readonly stream: () => ReadableStream;
}

export interface StoredFile {
  /** A UUID. Names the file only together with its owner. */
  readonly id: string;
  readonly name: string;
  readonly contentType: string;
  readonly sizeBytes: number;
  /** ISO 8601. */
  readonly uploadedAt: string;
  /** Quoted, as an HTTP header has it. */
  readonly etag: string;
}

interface StorageEnv {
  readonly FILE_STORAGE: FileBucket;
}

const UNKNOWN_TYPE = "application/octet-stream";
const ID_FORM = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/u;
const LIST_LIMIT = 100;

/**
 * Where a user's file lies in the bucket. The owner is part of the key, so an id alone opens nobody else's file.
 * @returns null when `id` is no file id.
 */
export function fileKey(ownerId: string, id: string): string | null {
  return ID_FORM.test(id) ? `${folderOf(ownerId)}${id}` : null;
}

/** Streams a file into the bucket; memory stays flat whatever its size. R2 needs the stream's length to be known. */
export async function uploadFile(env: StorageEnv, key: string, file: Upload): Promise<StoredFile> {
  const stored = await env.FILE_STORAGE.put(key, file.stream(), {
    httpMetadata: { contentType: file.type || UNKNOWN_TYPE },
    customMetadata: { name: file.name },
  });
  if (stored === null) throw new Error("R2 stored nothing");
  return { ...describe(stored), name: file.name, contentType: file.type || UNKNOWN_TYPE };
}

export async function openFile(
  env: StorageEnv,
  key: string,
): Promise<{ readonly file: StoredFile; readonly body: ReadableStream } | null> {
  const stored = await env.FILE_STORAGE.get(key);
  return stored === null ? null : { file: describe(stored), body: stored.body };
}

/** The user's files, newest first; the first hundred that R2 lists. */
export async function listFiles(env: StorageEnv, ownerId: string): Promise<readonly StoredFile[]> {
  const { objects } = await env.FILE_STORAGE.list({
    prefix: folderOf(ownerId),
    limit: LIST_LIMIT,
    include: ["httpMetadata", "customMetadata"],
  });
  return objects.map(describe).sort((a, b) => b.uploadedAt.localeCompare(a.uploadedAt));
}

function folderOf(ownerId: string): string {
  return `users/${encodeURIComponent(ownerId)}/`;
}

function describe(stored: StoredObject): StoredFile {
  return {
    id: stored.key.slice(stored.key.lastIndexOf("/") + 1),
    name: stored.customMetadata?.["name"] ?? "file",
    contentType: stored.httpMetadata?.contentType ?? UNKNOWN_TYPE,
    sizeBytes: stored.size,
    uploadedAt: stored.uploaded.toISOString(),
    etag: stored.httpEtag,
  };
}

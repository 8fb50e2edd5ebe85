/** Bytes that come once: a stream whose length is told beside it, or all of them. */
export type Content = ReadableStream<Uint8Array> | Uint8Array;

export interface StoredObject {
  readonly key: string;
  readonly sizeBytes: number;
}

export interface ObjectPage {
  readonly objects: readonly StoredObject[];
  /** What to ask the next page with; null on the last one. */
  readonly nextCursor: string | null;
}

/** What is sent, and how. */
export interface Sending {
  readonly content: Content;
  readonly sizeBytes: number;
  /** A stream of the runtime's own that is given the same bytes on their way, and closed after them or aborted. */
  readonly copyTo?: WritableStream<Uint8Array>;
}

interface NewObject extends Sending {
  readonly key: string;
  readonly contentType: string;
}

interface NewPart extends Sending {
  readonly key: string;
  readonly uploadId: string;
  /** From 1. */
  readonly number: number;
}

interface StoredPart {
  readonly number: number;
  readonly etag: string;
}

/** Part of an object: both within it. */
export interface ByteRange {
  readonly offset: number;
  readonly length: number;
}

/**
 * Where files lie: R2, or another storage that speaks S3's protocol. All methods throw what the storage or the way to it
 * failed with; what isn't there is null.
 */
export interface FileStorage {
  readonly put: (object: NewObject) => Promise<void>;
  readonly get: (key: string, range?: ByteRange) => Promise<ReadableStream<Uint8Array> | null>;
  readonly head: (key: string) => Promise<StoredObject | null>;
  /** Objects whose keys begin so, by key. */
  readonly list: (options: {
    readonly prefix: string;
    readonly limit: number;
    readonly cursor?: string | undefined;
  }) => Promise<ObjectPage>;
  /** At most 1000. What isn't there already counts as deleted. */
  readonly delete: (keys: readonly string[]) => Promise<void>;
  /** Begins an upload in parts of one size, of which the last may be smaller; returns its id. Nothing is seen of it before it is complete. */
  readonly createUpload: (object: Pick<NewObject, "key" | "contentType">) => Promise<string>;
  /** Stores a part, in place of one that came under its number before; returns its etag. */
  readonly putPart: (part: NewPart) => Promise<string>;
  readonly completeUpload: (options: {
    readonly key: string;
    readonly uploadId: string;
    readonly parts: readonly StoredPart[];
  }) => Promise<void>;
  /** Gives an unfinished upload up. One that isn't there counts as given up. */
  readonly abortUpload: (options: { readonly key: string; readonly uploadId: string }) => Promise<void>;
}

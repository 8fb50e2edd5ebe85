/** The part of an R2 bucket that FM5 uses. @see https://developers.cloudflare.com/r2/api/workers/workers-api-reference/ */
export interface FileBucket {
  readonly head: (key: string) => Promise<R2Object | null>;
  readonly get: (
    key: string,
    options?: { readonly range: { readonly offset: number; readonly length: number } },
  ) => Promise<R2Body | null>;
  readonly put: (key: string, value: R2Value, options: R2PutOptions) => Promise<R2Object | null>;
  readonly list: (options: {
    readonly prefix: string;
    readonly limit: number;
    readonly cursor?: string;
  }) => Promise<R2Objects>;
  readonly delete: (keys: string[]) => Promise<void>;
  readonly createMultipartUpload: (key: string, options: R2PutOptions) => Promise<R2Upload>;
  /** Asks nothing: whether there is such an upload, its methods find out. */
  readonly resumeMultipartUpload: (key: string, uploadId: string) => R2Upload;
}

type R2Value = ReadableStream | Uint8Array;

interface R2PutOptions {
  readonly httpMetadata: { readonly contentType: string };
}

interface R2Object {
  readonly key: string;
  /** Bytes. */
  readonly size: number;
}

interface R2Body extends R2Object {
  readonly body: ReadableStream<Uint8Array>;
}

interface R2Objects {
  readonly objects: readonly R2Object[];
  readonly truncated: boolean;
  readonly cursor?: string;
}

interface R2Upload {
  readonly uploadId: string;
  readonly uploadPart: (partNumber: number, value: R2Value) => Promise<R2Part>;
  readonly complete: (parts: R2Part[]) => Promise<R2Object>;
  readonly abort: () => Promise<void>;
}

interface R2Part {
  readonly partNumber: number;
  readonly etag: string;
}

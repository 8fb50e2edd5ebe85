import { offline, refusalIn, type UploadError } from "./upload-error.ts";

/** `fetch`, with a path for a URL. */
export type Ask = (path: string, init?: RequestInit) => Promise<Response>;

/** A part on its way. */
export interface PartRequest {
  readonly path: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly sha256: string;
  readonly signal: AbortSignal;
  /** Called with the bytes that have left so far, where that is known. */
  readonly onSent: (bytes: number) => void;
}

/** JSON of FM5. @throws {UploadError} */
export async function askJson(ask: Ask, path: string, init: RequestInit = {}): Promise<unknown> {
  const answer = await ask(path, init).catch((error: unknown) => {
    if (init.signal?.aborted === true) throw error;
    throw offline();
  });
  const body: unknown = answer.status === 204 ? null : await answer.json().catch(() => null);
  if (answer.ok) return body;
  throw refusalIn({ status: answer.status, retryAfter: answer.headers.get("retry-after"), body });
}

export function jsonRequest(method: string, body: unknown): RequestInit {
  return { method, headers: { "content-type": "application/json" }, body: JSON.stringify(body) };
}

/** Sends a part as any client can. @throws {UploadError} */
export async function putPart(ask: Ask, { path, bytes, sha256, signal, onSent }: PartRequest): Promise<void> {
  const headers = { "content-type": "application/octet-stream", "x-content-sha256": sha256 };
  await askJson(ask, path, { method: "PUT", headers, body: bytes, signal });
  onSent(bytes.length);
}

/** Sends a part as a browser can, which then tells how much has left. @throws {UploadError} */
export function putPartFromPage({ path, bytes, sha256, signal, onSent }: PartRequest): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const request = new XMLHttpRequest();
  const abort = () => request.abort();
  request.open("PUT", path);
  request.setRequestHeader("content-type", "application/octet-stream");
  request.setRequestHeader("x-content-sha256", sha256);
  request.upload.addEventListener("progress", ({ loaded }) => onSent(Math.min(loaded, bytes.length)));
  request.addEventListener("error", () => reject(offline()));
  request.addEventListener("abort", () => reject(signal.reason as Error));
  request.addEventListener("load", () => {
    if (request.status < 300) {
      onSent(bytes.length);
      resolve();
    } else reject(refusalOf(request));
  });
  signal.addEventListener("abort", abort, { once: true });
  request.send(bytes);
  return promise.finally(() => signal.removeEventListener("abort", abort));
}

function refusalOf(request: XMLHttpRequest): UploadError {
  const { status } = request;
  return refusalIn({
    status,
    retryAfter: request.getResponseHeader("retry-after"),
    body: parsed(request.responseText),
  });
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

import type { Attachment } from "../../../lib/files/attach.ts";
import type { UploadPlan } from "../../../lib/files/begin.ts";
import type { UploadState } from "../../../lib/files/parts.ts";
import type { FileView } from "../../../lib/files/view.ts";
import { type Ask, askJson, jsonRequest, type PartRequest, putPart } from "./ask.ts";
import { checksumOf, fileChecksum } from "./checksum.ts";
import { bytesBetween, type FileToSend } from "./file-to-send.ts";
import { UploadError } from "./upload-error.ts";

export interface UploadOptions {
  readonly file: FileToSend;
  readonly kind: "print" | "picture";
  /** The next version of a variant, or a picture of a model. */
  readonly attachTo?: Attachment;
  /** An unfinished upload of this very file, to go on with. */
  readonly resume?: string;
  readonly ask: Ask;
  /** Sends a part in another way than by `ask`. */
  readonly put?: (part: PartRequest) => Promise<void>;
  readonly signal?: AbortSignal;
  /** Told the upload's id as soon as it has one, to resume it by. */
  readonly onBegun?: (id: string) => void;
  /** Called as bytes leave: those that are there already count. */
  readonly onProgress?: (sentBytes: number) => void;
  readonly waitMs?: (ms: number) => Promise<void>;
}

/** Parts on their way at once: a second fills the gap while the first is acknowledged. */
const PARTS_AT_ONCE = 2;
const ATTEMPTS = 5;
const FIRST_PAUSE_MS = 500;
const GONE = ["not_found", "invalid"];

/**
 * Sends a file in parts, each with its checksum, and the whole file's checksum at the end. What fails on the way is sent
 * again, a few times. Returns the file as FM5 has it then: it is looked at in the background.
 * @throws {UploadError} what FM5 refuses, or that it can't be reached; the signal's reason when that was aborted
 */
export async function upload(options: UploadOptions): Promise<FileView> {
  const plan = await planOf(options);
  options.onBegun?.(plan.id);
  const aborting = new AbortController();
  const signal = AbortSignal.any([
    aborting.signal,
    ...(options.signal === undefined ? [] : [options.signal]),
  ]);
  try {
    const [sha256] = await Promise.all([
      fileChecksum(options.file, signal),
      sendParts({ ...options, signal }, plan),
    ]);
    return await complete({ ...options, signal }, plan.id, sha256);
  } catch (error) {
    // The other half of the work mustn't go on.
    aborting.abort(error);
    throw error;
  }
}

/** Cancels an upload, and forgets what is there of it. One that is gone counts as cancelled. */
export async function cancelUpload(ask: Ask, id: string): Promise<void> {
  await askJson(ask, `/api/files/${id}`, { method: "DELETE" }).catch(ignoreGone);
}

interface Plan extends UploadPlan {
  /** Numbers of the parts that are there. */
  readonly there: readonly number[];
}

async function planOf(options: UploadOptions): Promise<Plan> {
  const unfinished = options.resume === undefined ? null : await unfinishedUpload(options, options.resume);
  if (unfinished !== null) return unfinished;
  const { name, size: sizeBytes } = options.file;
  const request = jsonRequest("POST", { name, kind: options.kind, sizeBytes });
  return {
    ...((await askJson(options.ask, "/api/files", withSignal(request, options))) as UploadPlan),
    there: [],
  };
}

const COMPLETE = ["processing", "ready"];

/** Null when there is nothing to go on with. Of one that is complete, whose acknowledgement was lost, all parts are there. */
async function unfinishedUpload(options: UploadOptions, id: string): Promise<Plan | null> {
  const state = (await askJson(options.ask, `/api/files/${id}/parts`, withSignal({}, options)).catch(
    ignoreGone,
  )) as UploadState | null;
  if (state === null || state.partCount !== Math.ceil(options.file.size / state.partBytes)) return null;
  const { partBytes, partCount } = state;
  if (COMPLETE.includes(state.state)) return { id, partBytes, partCount, there: numbersTo(partCount) };
  return state.state === "uploading" ? { id, partBytes, partCount, there: state.parts } : null;
}

type Sending = UploadOptions & { readonly signal: AbortSignal };

async function sendParts(options: Sending, plan: Plan): Promise<void> {
  const sent = new Map(plan.there.map((number) => [number, sizeOf(number, options.file, plan)]));
  const tell = (number: number, bytes: number) => {
    sent.set(number, bytes);
    options.onProgress?.([...sent.values()].reduce((sum, part) => sum + part, 0));
  };
  const waiting = numbersTo(plan.partCount).filter((number) => !sent.has(number));
  options.onProgress?.([...sent.values()].reduce((sum, part) => sum + part, 0));
  const lanes = Array.from({ length: PARTS_AT_ONCE }, async () => {
    for (let number = waiting.shift(); number !== undefined; number = waiting.shift())
      await sendPart(options, plan, { number, tell });
  });
  await Promise.all(lanes);
}

interface Part {
  readonly number: number;
  readonly tell: (number: number, bytes: number) => void;
}

async function sendPart(options: Sending, plan: Plan, { number, tell }: Part): Promise<void> {
  const { file, ask, put = (part) => putPart(ask, part), signal } = options;
  const start = (number - 1) * plan.partBytes;
  await patiently(options, async () => {
    const bytes = await bytesBetween(file, start, start + sizeOf(number, file, plan));
    const sha256 = await checksumOf(bytes);
    signal.throwIfAborted();
    await put({
      path: `/api/files/${plan.id}/parts/${number}`,
      bytes,
      sha256,
      signal,
      onSent: (count) => tell(number, count),
    });
  });
}

async function complete(options: Sending, id: string, sha256: string): Promise<FileView> {
  const { ask, attachTo } = options;
  const request = jsonRequest("POST", { sha256, ...(attachTo === undefined ? {} : { attachTo }) });
  return patiently(
    options,
    async () => (await askJson(ask, `/api/files/${id}/complete`, withSignal(request, options))) as FileView,
  );
}

/** Tries again what may go well again, each time after a longer pause. */
async function patiently<T>({ signal, waitMs = wait }: Sending, work: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      signal.throwIfAborted();
      return await work();
    } catch (error) {
      if (!(error instanceof UploadError) || !error.retryable || attempt === ATTEMPTS) throw error;
      await waitMs(Math.max(FIRST_PAUSE_MS * 2 ** (attempt - 1), error.retryAfterMs));
    }
  }
}

function numbersTo(last: number): readonly number[] {
  return Array.from({ length: last }, (_, index) => index + 1);
}

function sizeOf(number: number, file: FileToSend, { partBytes }: UploadPlan): number {
  return Math.min(partBytes, file.size - (number - 1) * partBytes);
}

function withSignal(request: RequestInit, { signal }: UploadOptions): RequestInit {
  return signal === undefined ? request : { ...request, signal };
}

function wait(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms);
  });
}

function ignoreGone(error: unknown): null {
  if (error instanceof UploadError && GONE.includes(error.code)) return null;
  throw error;
}

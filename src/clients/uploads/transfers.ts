import type { Attachment } from "../../../lib/files/attach.ts";
import type { Ask } from "./ask.ts";
import { putPartFromPage } from "./ask.ts";
import { forgetUpload, isSameFile, rememberUpload, unfinishedUploads } from "./unfinished.ts";
import { cancelUpload, upload } from "./upload.ts";
import { UploadError } from "./upload-error.ts";

/** A file on its way from this page. */
export interface Transfer {
  readonly key: string;
  readonly file: File;
  readonly attachTo: Attachment;
  /** `waiting` for others of the same place; `ending` when all is sent and not yet acknowledged. */
  readonly state: "waiting" | "sending" | "ending" | "paused" | "failed";
  /** The upload's, once it has begun. */
  readonly id: string | null;
  readonly sentBytes: number;
  /** Why it failed, in a sentence. */
  readonly problem: string | null;
}

interface NewTransfer {
  readonly file: File;
  readonly attachTo: Attachment;
  /** Called when the file is where it belongs. */
  readonly onDone: () => void;
}

interface Run {
  readonly onDone: () => void;
  readonly controller: AbortController;
}

const ask: Ask = (path, init) => fetch(path, init);

// In a browser alone: on the server nothing is ever begun.
let transfers: readonly Transfer[] = [];
const runs = new Map<string, Run>();
const watchers = new Set<() => void>();

/** Calls back at each change, until the returned function is called. */
export function watchTransfers(changed: () => void): () => void {
  watchers.add(changed);
  return () => void watchers.delete(changed);
}

/** All that is on its way, in the order in which it was begun. The same list as long as nothing changes. */
export function currentTransfers(): readonly Transfer[] {
  return transfers;
}

/** The variant or the model that a file is for. */
export function placeOf(attachTo: Attachment): string {
  return attachTo.to === "variant" ? attachTo.variantId : attachTo.modelId;
}

/** Sends a file. Goes on with an unfinished upload of the same one; one after the other for the same place. */
export function startTransfer({ file, attachTo, onDone }: NewTransfer): void {
  const key = crypto.randomUUID();
  const begun = unfinishedFor(file, attachTo);
  const transfer = { key, file, attachTo, state: "waiting", id: begun, sentBytes: 0, problem: null } as const;
  runs.set(key, { onDone, controller: new AbortController() });
  show([...transfers, transfer]);
  startNext(placeOf(attachTo));
}

/** Stops sending. What is there stays. */
export function pauseTransfer(key: string): void {
  change(key, { state: "paused" });
  runs.get(key)?.controller.abort(new DOMException("Paused", "AbortError"));
}

/** Goes on with what was paused, or tries again what failed. */
export function resumeTransfer(key: string): void {
  const run = runs.get(key);
  const transfer = transfers.find((one) => one.key === key);
  if (run === undefined || transfer === undefined) return;
  runs.set(key, { ...run, controller: new AbortController() });
  change(key, { state: "waiting", problem: null });
  startNext(placeOf(transfer.attachTo));
}

/** Ends a transfer for good; FM5 forgets what it has of it. */
export function cancelTransfer(key: string): void {
  const transfer = transfers.find((one) => one.key === key);
  const run = runs.get(key);
  remove(key);
  run?.controller.abort(new DOMException("Cancelled", "AbortError"));
  if (transfer?.id) giveUpUpload(transfer.id);
}

/** Forgets an upload here and in FM5. Should that not be reached, the upload ends there by itself after some days. */
export function giveUpUpload(id: string): void {
  forgetUpload(id);
  void cancelUpload(ask, id).catch(() => undefined);
}

function unfinishedFor(file: File, attachTo: Attachment): string | null {
  const place = placeOf(attachTo);
  const taken = new Set(transfers.map(({ id }) => id));
  const begun = unfinishedUploads().find(
    (one) => placeOf(one.attachTo) === place && isSameFile(one.file, file) && !taken.has(one.id),
  );
  return begun?.id ?? null;
}

function startNext(place: string): void {
  const there = transfers.filter(({ attachTo }) => placeOf(attachTo) === place);
  const next = there.find(({ state }) => state === "waiting");
  if (next !== undefined && !there.some(({ state }) => state === "sending" || state === "ending"))
    void send(next);
}

async function send({ key, file, attachTo, id }: Transfer): Promise<void> {
  const current = runs.get(key);
  if (current === undefined) return;
  const { signal } = current.controller;
  change(key, { state: "sending" });
  try {
    const sent = await upload({
      file,
      kind: attachTo.to === "variant" ? "print" : "picture",
      attachTo,
      ...(id === null ? {} : { resume: id }),
      ask,
      put: putPartFromPage,
      signal,
      onBegun: (begun) => {
        const { name, size, lastModified } = file;
        rememberUpload({ id: begun, file: { name, size, lastModified }, attachTo, beganAt: Date.now() });
        change(key, { id: begun });
      },
      onProgress: (sentBytes) =>
        change(key, { sentBytes, ...(sentBytes === file.size ? { state: "ending" } : {}) }),
    });
    forgetUpload(sent.id);
    remove(key);
    current.onDone();
  } catch (error) {
    if (!signal.aborted) change(key, { state: "failed", problem: problemOf(error) });
  }
  startNext(placeOf(attachTo));
}

function problemOf(error: unknown): string {
  if (error instanceof UploadError) return error.message;
  // What a browser says when a file was moved or changed since it was chosen.
  if (error instanceof DOMException && error.name === "NotReadableError")
    return "The file can’t be read any more. Please choose it again.";
  return "Something failed here. Please try again in a moment.";
}

function change(key: string, over: Partial<Transfer>): void {
  show(transfers.map((transfer) => (transfer.key === key ? { ...transfer, ...over } : transfer)));
}

function remove(key: string): void {
  runs.delete(key);
  show(transfers.filter((transfer) => transfer.key !== key));
}

function show(next: readonly Transfer[]): void {
  transfers = next;
  for (const changed of watchers) changed();
}

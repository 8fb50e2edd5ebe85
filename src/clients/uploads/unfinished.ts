import type { Attachment } from "../../../lib/files/attach.ts";
import { UPLOAD_LASTS_MS } from "../../../lib/files/limits.ts";

/** What tells a file from others before it is read. */
export interface FileMark {
  readonly name: string;
  /** Bytes. */
  readonly size: number;
  /** Milliseconds since 1970. */
  readonly lastModified: number;
}

/** An upload that has begun, kept by the browser so that it can go on after a reload. */
export interface UnfinishedUpload {
  readonly id: string;
  readonly file: FileMark;
  readonly attachTo: Attachment;
  /** Milliseconds since 1970. */
  readonly beganAt: number;
}

/** Where browsers keep it. */
const KEY = "fm5-unfinished-uploads";
const NONE: readonly UnfinishedUpload[] = [];

const watchers = new Set<() => void>();
let read: { readonly text: string | null; readonly uploads: readonly UnfinishedUpload[] } = {
  text: null,
  uploads: NONE,
};

/** Calls back whenever there are others, also by another tab, until the returned function is called. */
export function watchUnfinished(changed: () => void): () => void {
  watchers.add(changed);
  globalThis.addEventListener("storage", changed);
  return () => {
    watchers.delete(changed);
    globalThis.removeEventListener("storage", changed);
  };
}

/** What this browser has begun and not ended. The same list as long as nothing changes. */
export function unfinishedUploads(): readonly UnfinishedUpload[] {
  const text = stored();
  if (text !== read.text) read = { text, uploads: parsed(text) };
  return read.uploads;
}

export function rememberUpload(upload: UnfinishedUpload): void {
  store([...unfinishedUploads().filter(({ id }) => id !== upload.id), upload]);
}

export function forgetUpload(id: string): void {
  store(unfinishedUploads().filter((upload) => upload.id !== id));
}

export function isSameFile(a: FileMark, b: FileMark): boolean {
  return a.name === b.name && a.size === b.size && a.lastModified === b.lastModified;
}

/** A browser may keep nothing; then an upload begins anew after a reload. */
function stored(): string | null {
  try {
    return localStorage.getItem(KEY);
  } catch {
    return null;
  }
}

function store(uploads: readonly UnfinishedUpload[]): void {
  try {
    localStorage.setItem(KEY, JSON.stringify(uploads));
  } catch {
    // It is a convenience.
  }
  for (const changed of watchers) changed();
}

/** Without those that FM5 has given up by now. */
function parsed(text: string | null): readonly UnfinishedUpload[] {
  try {
    const uploads = JSON.parse(text ?? "[]") as readonly UnfinishedUpload[];
    return uploads.filter(({ beganAt }) => Date.now() - beganAt < UPLOAD_LASTS_MS);
  } catch {
    return NONE;
  }
}

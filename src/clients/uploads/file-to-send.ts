/** A file that can be read in pieces: a browser's `File`, or anything else that has these. */
export interface FileToSend {
  readonly name: string;
  /** Bytes. */
  readonly size: number;
  readonly slice: (start: number, end: number) => { readonly arrayBuffer: () => Promise<ArrayBuffer> };
}

export async function bytesBetween(
  file: FileToSend,
  start: number,
  end: number,
): Promise<Uint8Array<ArrayBuffer>> {
  return new Uint8Array(await file.slice(start, end).arrayBuffer());
}

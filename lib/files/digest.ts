import { copyTo } from "../storage/blocks.ts";

/** Workers' own: takes bytes and tells their digest once it is closed. */
interface DigestStream extends WritableStream<Uint8Array> {
  readonly digest: Promise<ArrayBuffer>;
}

/** @see https://developers.cloudflare.com/workers/runtime-apis/web-crypto/#constructors */
declare const crypto: Crypto & { readonly DigestStream: new (algorithm: "SHA-256") => DigestStream };

interface Digester {
  readonly sink: WritableStream<Uint8Array>;
  /** In hexadecimal digits, of what came until the sink was closed; rejects when it was aborted. */
  readonly sha256: Promise<string>;
}

export function digester(): Digester {
  const sink = new crypto.DigestStream("SHA-256");
  return { sink, sha256: sink.digest.then((digest) => Buffer.from(digest).toString("hex")) };
}

/** The SHA-256 of a stream, in hexadecimal digits. Takes no more memory than one block. */
export async function sha256Of(stream: ReadableStream<Uint8Array>): Promise<string> {
  const { sink, sha256 } = digester();
  const [digest] = await Promise.all([sha256, copyTo([sink], stream)]);
  return digest;
}

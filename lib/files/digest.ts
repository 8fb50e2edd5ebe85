import { createHash } from "node:crypto";

/** Workers' own: takes a stream and tells its digest, without its pieces becoming objects of JavaScript. */
interface DigestStream extends WritableStream<Uint8Array> {
  readonly digest: Promise<ArrayBuffer>;
}

/** @see https://developers.cloudflare.com/workers/runtime-apis/web-crypto/#constructors */
declare const crypto: Crypto & { readonly DigestStream: new (algorithm: "SHA-256") => DigestStream };

/** The SHA-256 of a stream, in hexadecimal digits. Takes no more memory than one of its pieces. */
export async function sha256Of(stream: ReadableStream<Uint8Array>): Promise<string> {
  const digester = new crypto.DigestStream("SHA-256");
  const [digest] = await Promise.all([digester.digest, stream.pipeTo(digester)]);
  return Buffer.from(digest).toString("hex");
}

interface Digested {
  readonly stream: ReadableStream<Uint8Array>;
  /** Of what has passed through, once all of it has. */
  readonly sha256: () => string;
}

/** Passes a stream on and computes its SHA-256 on the way. */
export function digesting(stream: ReadableStream<Uint8Array>): Digested {
  const hash = createHash("sha256");
  const through = new TransformStream<Uint8Array, Uint8Array>({
    transform: (chunk, controller) => {
      hash.update(chunk);
      controller.enqueue(chunk);
    },
  });
  return { stream: stream.pipeThrough(through), sha256: () => hash.digest("hex") };
}

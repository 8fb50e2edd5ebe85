import { createHash } from "node:crypto";

/** The SHA-256 of a stream, in hexadecimal digits. Takes no more memory than one of its pieces. */
export async function sha256Of(stream: ReadableStream<Uint8Array>): Promise<string> {
  const hash = createHash("sha256");
  const reader = stream.getReader();
  for (let next = await reader.read(); !next.done; next = await reader.read()) hash.update(next.value);
  return hash.digest("hex");
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

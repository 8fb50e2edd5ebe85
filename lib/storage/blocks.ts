import type { Content } from "./file-storage.ts";

/** Streams come in pieces of some kilobytes, and each costs the same, however small it is. */
const BLOCK_BYTES = 256 * 1024;

/** The bytes of a stream of the runtime's own in blocks of 256 KiB, the last of them shorter. Whoever stops early cancels the stream. */
export function blocksOf(stream: ReadableStream<Uint8Array>): AsyncGenerator<Uint8Array, void> {
  return blocks(stream, () => new ArrayBuffer(BLOCK_BYTES));
}

/**
 * Writes the content to all of the sinks, as fast as the slowest takes it, and closes them. Its blocks are all in the same memory, so
 * a sink must be done with a block when it says so: one of the runtime's own is, and a `TransformStream` isn't.
 */
export async function copyTo(sinks: readonly WritableStream<Uint8Array>[], content: Content): Promise<void> {
  const writers = sinks.map((sink) => sink.getWriter());
  try {
    for await (const block of content instanceof Uint8Array ? [content] : blocks(content, (used) => used))
      await Promise.all(writers.map((writer) => writer.write(block)));
    await Promise.all(writers.map((writer) => writer.close()));
  } catch (error) {
    await Promise.allSettled(writers.map((writer) => writer.abort(error)));
    throw error;
  }
}

async function* blocks(
  stream: ReadableStream<Uint8Array>,
  next: (used: ArrayBuffer) => ArrayBuffer,
): AsyncGenerator<Uint8Array, void> {
  const reader = stream.getReader({ mode: "byob" });
  let memory = new ArrayBuffer(BLOCK_BYTES);
  try {
    for (;;) {
      const { value, done } = await reader.read(new Uint8Array(memory), { min: BLOCK_BYTES });
      if (value !== undefined && value.length > 0) yield value;
      if (done) return;
      memory = next(value.buffer);
    }
  } finally {
    await reader.cancel().catch(() => undefined);
  }
}

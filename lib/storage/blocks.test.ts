import { expect, test } from "vitest";
import { blocksOf, copyTo } from "./blocks.ts";

const BLOCK_BYTES = 256 * 1024;

/** Bytes that tell their place, in pieces of an odd size. */
function bytesOf(length: number): Uint8Array<ArrayBuffer> {
  return Uint8Array.from({ length }, (_, index) => index % 251);
}

function streamOf(
  bytes: Uint8Array<ArrayBuffer>,
  seen: { cancelled?: boolean } = {},
): ReadableStream<Uint8Array> {
  let sent = 0;
  return new ReadableStream({
    type: "bytes",
    pull: (controller) => {
      const piece = bytes.slice(sent, sent + 4093);
      sent += piece.length;
      if (piece.length > 0) controller.enqueue(piece);
      else {
        controller.close();
        controller.byobRequest?.respond(0);
      }
    },
    cancel: () => void (seen.cancelled = true),
  });
}

async function allOf(blocks: AsyncIterable<Uint8Array>): Promise<readonly Uint8Array[]> {
  const all: Uint8Array[] = [];
  for await (const block of blocks) all.push(block);
  return all;
}

function collector() {
  const blocks: Uint8Array[] = [];
  const seen: { aborted?: unknown; closed?: boolean } = {};
  const sink = new WritableStream<Uint8Array>({
    write: (block) => void blocks.push(block.slice()),
    close: () => void (seen.closed = true),
    abort: (reason) => void (seen.aborted = reason),
  });
  return { sink, seen, all: () => Buffer.concat(blocks) };
}

test("a stream comes in blocks of one size, and its rest", async () => {
  const bytes = bytesOf(2 * BLOCK_BYTES + 5);

  const blocks = await allOf(blocksOf(streamOf(bytes)));

  expect(blocks.map(({ length }) => length)).toEqual([BLOCK_BYTES, BLOCK_BYTES, 5]);
  expect(Buffer.concat(blocks).equals(bytes)).toBe(true);
});

test("a stream without a byte has no block", async () => {
  expect(await allOf(blocksOf(streamOf(bytesOf(0))))).toEqual([]);
});

test("who stops early cancels the stream", async () => {
  const seen: { cancelled?: boolean } = {};

  for await (const block of blocksOf(streamOf(bytesOf(3 * BLOCK_BYTES), seen))) if (block.length > 0) break;

  expect(seen.cancelled).toBe(true);
});

test.each([
  ["a stream", (bytes: Uint8Array<ArrayBuffer>) => streamOf(bytes)],
  ["bytes", (bytes: Uint8Array<ArrayBuffer>) => bytes],
])("%s is copied to each sink, which is closed then", async (_, contentOf) => {
  const bytes = bytesOf(3 * BLOCK_BYTES + 1);
  const [one, other] = [collector(), collector()];

  await copyTo([one.sink, other.sink], contentOf(bytes));

  for (const { all, seen } of [one, other]) {
    expect(all().equals(bytes)).toBe(true);
    expect(seen).toEqual({ closed: true });
  }
});

test("when a sink fails, the others are aborted and the stream is cancelled", async () => {
  const source: { cancelled?: boolean } = {};
  const other = collector();
  const failing = new WritableStream<Uint8Array>({
    write: () => {
      throw new Error("the bucket is full");
    },
  });

  const copied = copyTo([failing, other.sink], streamOf(bytesOf(3 * BLOCK_BYTES), source));

  await expect(copied).rejects.toThrow("the bucket is full");
  expect(other.seen).toEqual({ aborted: new Error("the bucket is full") });
  expect(source.cancelled).toBe(true);
});

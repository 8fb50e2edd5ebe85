import { execFileSync } from "node:child_process";
import * as fc from "fast-check";
import { unzipSync } from "fflate";
import { expect, test } from "vitest";
import { type ZipEntry, zipOf } from "./zip.ts";

const AT = new Date("2026-11-27T08:30:20Z");

function entryOf(name: string, pieces: readonly Uint8Array[]): ZipEntry {
  return {
    name,
    modifiedAt: AT,
    async *content() {
      yield* pieces;
    },
  };
}

async function bytesOf(entries: readonly ZipEntry[]): Promise<Uint8Array> {
  async function* all() {
    yield* entries;
  }
  const parts: Uint8Array[] = [];
  for await (const part of zipOf(all())) parts.push(part);
  return new Uint8Array(Buffer.concat(parts));
}

test("whatever is put into an archive comes out of it", async () => {
  const pieces = fc.array(fc.uint8Array({ maxLength: 300 }), { maxLength: 5 });
  await fc.assert(
    fc.asyncProperty(fc.dictionary(fc.string({ minLength: 1, maxLength: 20 }), pieces), async (files) => {
      const entries = Object.entries(files).map(([name, content]) => entryOf(`a/${name}`, content));

      const unpacked = unzipSync(await bytesOf(entries));

      const names = Object.keys(unpacked).filter((name) => !name.endsWith("/"));
      for (const name of names)
        expect(Buffer.from(unpacked[name] ?? [])).toEqual(Buffer.concat(files[name.slice(2)] ?? []));
      expect(Object.keys(unpacked)).toHaveLength(entries.length);
    }),
    { numRuns: 50 },
  );
});

test("pieces that are larger than deflate's blocks stay whole", async () => {
  const large = Uint8Array.from({ length: 200_000 }, (_, index) => index % 251);

  expect(unzipSync(await bytesOf([entryOf("large", [large])]))["large"]).toEqual(large);
});

test("Python, which checks every sum, unpacks it, names beyond ASCII included", async () => {
  const archive = await bytesOf([
    entryOf("files/Schrägstrich ü.3mf", [Buffer.from("one"), Buffer.from("two")]),
    entryOf("empty", []),
  ]);
  const script = `
import io, sys, zipfile
with zipfile.ZipFile(io.BytesIO(sys.stdin.buffer.read())) as archive:
    assert archive.testzip() is None
    for info in archive.infolist(): print(info.filename, info.file_size, *info.date_time, archive.read(info))
`;

  const printed = execFileSync("python3", ["-c", script], { input: archive, encoding: "utf8" });

  expect(printed.split("\n").slice(0, 2)).toEqual([
    "files/Schrägstrich ü.3mf 6 2026 11 27 8 30 20 b'onetwo'",
    "empty 0 2026 11 27 8 30 20 b''",
  ]);
});

test("it takes no piece before it is asked for one, so that a slow reader fills no memory", async () => {
  let taken = 0;
  async function* entries(): AsyncGenerator<ZipEntry> {
    yield {
      name: "endless",
      modifiedAt: AT,
      async *content() {
        for (;;) {
          taken += 1;
          yield new Uint8Array(1000);
        }
      },
    };
  }
  const archive = zipOf(entries());

  for (let count = 0; count < 7; count += 1) await archive.next();
  await archive.return();

  expect(taken).toBe(3);
});

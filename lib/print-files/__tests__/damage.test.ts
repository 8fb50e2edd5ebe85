import { assert, asyncProperty, constantFrom, integer, nat, tuple, uint8Array } from "fast-check";
import { expect, test } from "vitest";
import { bytesSource, type ByteSource } from "../byte-source.ts";
import { printMetadataSchema } from "../metadata.ts";
import { PrintFileError } from "../problem.ts";
import { bambuProject, bambuSlicedPlate, curaProject, prusaProject } from "./archives.ts";
import { bambuGcode, curaGcode, griffinGcode, orcaGcode, prusaGcode } from "./gcodes.ts";
import { asciiStl, binaryStl } from "./meshes.ts";
import { metadataFrom } from "./read.ts";
import { bytesOf } from "./zip-builder.ts";

/** `npm run drill -- tests` tries more; the seed is fixed, so that what fails fails again. */
const RUNS = process.env["TEST_SAMPLE"] === "all" ? 5000 : 150;
const SEED = 20_261_127;
const MEMORY_LIMIT_BYTES = 64 * 1024 * 1024;

const SAMPLES = [
  bambuProject(),
  bambuProject({ sliceInfo: null }),
  bambuSlicedPlate(bambuGcode(), null),
  prusaProject(),
  curaProject(),
  bytesOf(prusaGcode()),
  bytesOf(orcaGcode()),
  bytesOf(bambuGcode()),
  bytesOf(curaGcode()),
  bytesOf(griffinGcode()),
  binaryStl(40),
  bytesOf(asciiStl(40)),
];
const sample = constantFrom(...SAMPLES);
const place = integer({ min: 0, max: 2 ** 30 });
const change = tuple(place, integer({ min: 0, max: 255 }));

/** What is read fits its schema, or the file is refused in words for its owner; nothing else ever happens. */
async function isReadOrRefused(source: ByteSource): Promise<void> {
  const [read] = await Promise.allSettled([metadataFrom(source)]);
  const asStored: unknown = read.status === "fulfilled" ? JSON.parse(JSON.stringify(read.value)) : null;
  const isFit = printMetadataSchema.safeParse(asStored).success;
  const isRefused = read.status === "rejected" && isRefusal(read.reason);
  if (!isFit && !isRefused) throw new Error("neither read nor refused", { cause: read });
}

function isRefusal(error: unknown): boolean {
  return error instanceof PrintFileError && /^[A-Z].{10,200}[.!]$/u.test(error.message);
}

test("a file that breaks off anywhere is read or refused", async () => {
  const breaksOff = asyncProperty(sample, place, async (file, end) =>
    isReadOrRefused(bytesSource(file.subarray(0, end % file.length))),
  );

  await assert(breaksOff, { numRuns: RUNS, seed: SEED });
});

test("a file with bytes changed anywhere is read or refused", async () => {
  const flips = asyncProperty(sample, change, change, change, async (file, ...changes) => {
    const changed = file.slice();
    for (const [at, value] of changes) changed[at % changed.length] = value;
    await isReadOrRefused(bytesSource(changed));
  });

  await assert(flips, { numRuns: RUNS, seed: SEED });
});

test("a file whose end has bytes changed, where archives keep their list, is read or refused", async () => {
  const flips = asyncProperty(sample, change, change, async (file, ...changes) => {
    const changed = file.slice();
    for (const [at, value] of changes)
      changed[changed.length - 1 - (at % Math.min(400, changed.length))] = value;
    await isReadOrRefused(bytesSource(changed));
  });

  await assert(flips, { numRuns: RUNS, seed: SEED });
});

test("noise behind a good beginning is read or refused", async () => {
  const noise = asyncProperty(sample, nat(200), uint8Array({ maxLength: 500 }), async (file, length, rest) =>
    isReadOrRefused(bytesSource(Uint8Array.of(...file.subarray(0, length), ...rest))),
  );

  await assert(noise, { numRuns: RUNS, seed: SEED });
});

test("no damage makes the reader ask for much, or beyond the file's end", async () => {
  const greedy = asyncProperty(sample, change, change, async (file, ...changes) => {
    const changed = file.slice();
    for (const [at, value] of changes) changed[at % changed.length] = value;
    let asked = 0;
    const source = bytesSource(changed);
    await isReadOrRefused({
      sizeBytes: source.sizeBytes,
      read: (offset, length) => {
        expect(offset + length).toBeLessThanOrEqual(changed.length);
        asked += length;
        return source.read(offset, length);
      },
    });
    expect(asked).toBeLessThan(MEMORY_LIMIT_BYTES);
  });

  await assert(greedy, { numRuns: RUNS, seed: SEED });
});

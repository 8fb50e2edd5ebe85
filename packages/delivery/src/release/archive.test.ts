import { pack } from "tar-stream";
import { describe, expect, test } from "vitest";
import { packArchive, sha256, unpackArchive } from "./archive.ts";

const FILES = [
  { path: "server/index.mjs", bytes: Buffer.from("export default {}") },
  { path: "public/assets/a.css", bytes: Buffer.from("a{}") },
];

describe("an archive", () => {
  test("has the same bytes whatever the order of its files", async () => {
    const [one, other] = await Promise.all([packArchive(FILES), packArchive(FILES.toReversed())]);

    expect(sha256(one)).toBe(sha256(other));
  });

  test("differs when one byte of a file differs", async () => {
    const changed = FILES.map((file, index) =>
      index === 0 ? { ...file, bytes: Buffer.from("export default []") } : file,
    );

    expect(sha256(await packArchive(FILES))).not.toBe(sha256(await packArchive(changed)));
  });

  test("gives its files back", async () => {
    const files = await unpackArchive(await packArchive(FILES));

    expect(new Map(files.map(({ path, bytes }) => [path, bytes.toString()]))).toEqual(
      new Map(FILES.map(({ path, bytes }) => [path, bytes.toString()])),
    );
  });

  test.each(["/etc/passwd", "../outside", "a/../../b"])(
    "with an entry that leaves it is refused: %s",
    async (name) => {
      const archive = pack();
      archive.entry({ name }, "x");
      archive.finalize();
      const chunks: Buffer[] = [];
      for await (const chunk of archive) chunks.push(Buffer.from(chunk as Uint8Array));

      await expect(unpackArchive(Buffer.concat(chunks))).rejects.toThrow("no plain file inside it");
    },
  );
});

import { createHash } from "node:crypto";
import { Readable } from "node:stream";

export interface ArchivedFile {
  /** Relative, with slashes. */
  readonly path: string;
  readonly bytes: Buffer;
}

/**
 * One tar file of all the files: sorted by path, with no times, owners or modes of their own, so that equal files give
 * equal bytes on any machine.
 */
export async function packArchive(files: readonly ArchivedFile[]): Promise<Buffer> {
  const { pack } = await import("tar-stream");
  const archive = pack();
  const chunks: Buffer[] = [];
  archive.on("data", (chunk) => chunks.push(Buffer.from(chunk as Uint8Array)));
  const finished = new Promise<void>((resolve, reject) => {
    archive.on("end", resolve);
    archive.on("error", reject);
  });
  for (const { path, bytes } of files.toSorted((a, b) => (a.path < b.path ? -1 : 1))) {
    archive.entry(
      { name: path, mode: 0o644, mtime: new Date(0), uid: 0, gid: 0, uname: "", gname: "" },
      bytes,
    );
  }
  archive.finalize();
  await finished;
  return Buffer.concat(chunks);
}

/** @throws Error for an entry that isn't a plain file with a path inside the archive. */
export async function unpackArchive(archive: Buffer): Promise<readonly ArchivedFile[]> {
  const { extract } = await import("tar-stream");
  const files: ArchivedFile[] = [];
  for await (const entry of Readable.from([archive]).pipe(extract())) {
    const { name, type } = entry.header;
    if (type !== "file" || name.startsWith("/") || name.split("/").includes("..")) {
      throw new Error(`the archive has an entry that is no plain file inside it: ${name}`);
    }
    const chunks: Buffer[] = [];
    for await (const chunk of entry as AsyncIterable<Buffer>) chunks.push(chunk);
    files.push({ path: name, bytes: Buffer.concat(chunks) });
  }
  return files;
}

export function sha256(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}

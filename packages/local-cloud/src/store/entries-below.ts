import { readdirSync, type Dirent } from "node:fs";
import { join } from "node:path";

/** All entries of a folder and of the folders in it. Unlike a recursive `readdir`, it doesn't read on behind a link. */
export function* entriesBelow(folder: string): Generator<Dirent> {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    yield entry;
    if (entry.isDirectory()) yield* entriesBelow(join(folder, entry.name));
  }
}

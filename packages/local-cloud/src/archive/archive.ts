import { spawn } from "node:child_process";
import {
  chmodSync,
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, join, relative } from "node:path";
import { text } from "node:stream/consumers";
import * as z from "zod";
import { LocalCloudError } from "../errors.ts";
import { FORMATS } from "../store/formats.ts";
import { openState } from "../store/state.ts";
import { entriesBelow } from "../store/entries-below.ts";
import { entriesOf, whileStopped } from "./held-folder.ts";

/** The first file of an archive. */
const MANIFEST = "local-cloud-export.json";
const manifestSchema = z.object({
  schema: z.literal(1),
  exportedAt: z.iso.datetime(),
  stateFormat: z.number().int(),
});

/** What is kept, whatever kinds of data the folder has: all but these. */
const OF_ONE_RUN = /^(?:run|log|ready\.json|.*\.frozen|.*\.backup(?:-wal)?)$/u;
const OF_ONE_RUN_BELOW = ["postmaster.pid", ".s.PGSQL.*", ".miniflare-startup.lock", ".*.tmp"];

/**
 * Writes everything that a stopped local cloud keeps into one file: a gzipped tar that only its owner may read, as it holds
 * tokens, secrets and mail.
 * @returns its size in bytes
 * @throws {LocalCloudError} DATA_FOLDER_IN_USE, STATE_UNREADABLE, USAGE when the file exists
 */
export async function exportTo(file: string, dataDir: string): Promise<number> {
  if (existsSync(file))
    throw refused(`${file} exists.`, "Choose another name: an export is never overwritten.");
  const unfinished = join(dirname(file), `.${basename(file)}.partial`);
  const staging = mkdtempSync(join(tmpdir(), "local-cloud-export-"));
  try {
    await whileStopped(dataDir, async () => {
      const manifest = { schema: 1, exportedAt: new Date().toISOString(), stateFormat: FORMATS.length };
      writeFileSync(join(staging, MANIFEST), `${JSON.stringify(manifest)}\n`);
      const entries = entriesOf(dataDir).filter((name) => !OF_ONE_RUN.test(name));
      const excluded = OF_ONE_RUN_BELOW.map((pattern) => `--exclude=${pattern}`);
      writeFileSync(unfinished, "", { mode: 0o600 });
      await tar(["-czf", unfinished, ...excluded, "-C", staging, MANIFEST, "-C", dataDir, ...entries]);
      sync(unfinished);
      renameSync(unfinished, file);
    });
    return statSync(file).size;
  } finally {
    rmSync(staging, { recursive: true, force: true });
    rmSync(unfinished, { force: true });
  }
}

/**
 * Makes a data folder of an exported file. The folder is there in whole or not at all.
 * @throws {LocalCloudError} USAGE for a folder that isn't empty and for a file that is no export, damaged or from a newer version
 */
export async function importFrom(file: string, dataDir: string): Promise<void> {
  if (!existsSync(file))
    throw refused(`There is no file ${file}.`, "Name a file that `local-cloud export` wrote.");
  if (entriesOf(dataDir).length > 0)
    throw refused(
      `The folder ${dataDir} isn't empty.`,
      "Import into a new folder with --data DIR, or empty this one with `local-cloud reset`.",
    );
  checkManifest(file, (await runTar(["-xzOf", file, MANIFEST])).stdout);
  mkdirSync(dirname(dataDir), { recursive: true });
  const unfinished = mkdtempSync(`${dataDir}.importing-`);
  try {
    await tar(["-xzpf", file, "-C", unfinished]).catch((cause: unknown) => {
      throw damaged(file, cause);
    });
    checkContent(file, unfinished);
    rmSync(join(unfinished, MANIFEST));
    chmodSync(unfinished, 0o711);
    openState(join(unfinished, "state.sqlite")).close();
    rmSync(dataDir, { recursive: true, force: true });
    renameSync(unfinished, dataDir);
  } finally {
    rmSync(unfinished, { recursive: true, force: true });
  }
}

function checkManifest(file: string, manifest: string): void {
  const parsed = manifestSchema.safeParse(parsedJson(manifest));
  if (!parsed.success)
    throw refused(`${file} is no export of a local cloud.`, "Name a file that `local-cloud export` wrote.");
  const { stateFormat } = parsed.data;
  if (stateFormat > FORMATS.length)
    throw refused(
      `${file} has state of format ${stateFormat}; this version reads formats up to ${FORMATS.length}.`,
      "Import it with the version that wrote it.",
    );
}

/** Only plain files and folders: a link could lead out of the folder. */
function checkContent(file: string, folder: string): void {
  for (const entry of entriesBelow(folder)) {
    if (!entry.isFile() && !entry.isDirectory())
      throw refused(
        `${file} holds ${relative(folder, join(entry.parentPath, entry.name))}, which is neither a file nor a folder.`,
        "It was not written by `local-cloud export`.",
      );
  }
  if (!existsSync(join(folder, "state.sqlite"))) throw damaged(file, undefined);
}

function parsedJson(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}

/** Reads and writes owners, modes and large files as every system's tar does. */
async function tar(args: readonly string[]): Promise<void> {
  const { code, stderr } = await runTar(args);
  if (code === 0) return;
  throw new LocalCloudError({
    code: "DATA_FOLDER_UNUSABLE",
    message: `tar failed: ${stderr.trim() || `exit code ${code}`}`,
    hint: "Free some space, and see to it that the file's folder can be written to.",
  });
}

async function runTar(
  args: readonly string[],
): Promise<{ readonly stdout: string; readonly stderr: string; readonly code: number | null }> {
  const child = spawn("tar", args, { stdio: ["ignore", "pipe", "pipe"] });
  const ended = new Promise<number | null>((resolve, reject) => {
    child.once("error", reject).once("close", resolve);
  });
  const [stdout, stderr, code] = await Promise.all([text(child.stdout), text(child.stderr), ended]);
  return { stdout, stderr, code };
}

/** On the disk before its name is. */
function sync(file: string): void {
  const descriptor = openSync(file, "r");
  fsyncSync(descriptor);
  closeSync(descriptor);
}

function damaged(file: string, cause: unknown): LocalCloudError {
  return new LocalCloudError({
    code: "USAGE",
    message: `${file} is damaged or cut off.`,
    hint: "Nothing was imported. Use another copy of it.",
    cause,
  });
}

function refused(message: string, hint: string): LocalCloudError {
  return new LocalCloudError({ code: "USAGE", message, hint });
}

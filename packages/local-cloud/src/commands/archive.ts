import { rmSync } from "node:fs";
import { join, resolve } from "node:path";
import process from "node:process";
import { exportTo, importFrom } from "../archive/archive.ts";
import { entriesOf, whileStopped } from "../archive/held-folder.ts";
import { usage } from "./arguments.ts";

interface ArchiveArguments {
  readonly dataDir: string;
}

/** `export FILE`. Returns the exit code. */
export async function exportCommand(
  words: readonly string[],
  { dataDir }: ArchiveArguments,
): Promise<number> {
  const file = resolve(fileOf("export", words));
  const bytes = await exportTo(file, resolve(dataDir));
  process.stdout.write(`${file}: ${(bytes / 1024 / 1024).toFixed(1)} MiB\n`);
  return 0;
}

/** `import FILE`. Returns the exit code. */
export async function importCommand(
  words: readonly string[],
  { dataDir }: ArchiveArguments,
): Promise<number> {
  await importFrom(resolve(fileOf("import", words)), resolve(dataDir));
  process.stdout.write(`Imported into ${resolve(dataDir)}.\n`);
  return 0;
}

/** `reset`: empties the data folder of a local cloud that doesn't run. Returns the exit code. */
export async function reset({ dataDir }: ArchiveArguments): Promise<number> {
  const folder = resolve(dataDir);
  const removeAll = () => {
    for (const name of entriesOf(folder)) rmSync(join(folder, name), { recursive: true, force: true });
  };
  await whileStopped(folder, removeAll, { damagedToo: true });
  process.stdout.write(`${folder} is empty.\n`);
  return 0;
}

function fileOf(command: string, words: readonly string[]): string {
  const [file] = words;
  if (file === undefined || words.length > 1) throw usage(`${command} takes one file.`);
  return file;
}

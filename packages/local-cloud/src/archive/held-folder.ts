import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { LocalCloudError, systemErrorCode } from "../errors.ts";
import { parsePostmasterFile } from "../services/xata/postmaster-file.ts";
import { entriesBelow } from "../store/entries-below.ts";
import { openState } from "../store/state.ts";
import { isAlive } from "../process/alive.ts";

/** A killed local cloud's PostgreSQL ends by itself within this. */
const ENDING_MS = 10_000;
const POLL_MS = 50;

/**
 * Does `work` while no local cloud uses the folder and none can start on it.
 * @throws {LocalCloudError} DATA_FOLDER_IN_USE; USAGE where nothing was ever kept; STATE_UNREADABLE unless `damagedToo`.
 */
export async function whileStopped<T>(
  dataDir: string,
  work: () => Promise<T> | T,
  { damagedToo = false } = {},
): Promise<T> {
  if (!entriesOf(dataDir).includes("state.sqlite")) throw noData(dataDir);
  const state = held(dataDir, damagedToo);
  try {
    await untilDatabasesEnded(dataDir);
    return await work();
  } finally {
    state?.close();
  }
}

/** Names in a folder; none where there is no folder. */
export function entriesOf(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch (error) {
    if (systemErrorCode(error) === "ENOENT") return [];
    throw error;
  }
}

function held(dataDir: string, damagedToo: boolean): { close(): void } | undefined {
  try {
    return openState(join(dataDir, "state.sqlite"));
  } catch (error) {
    const isDamaged = error instanceof LocalCloudError && error.code === "STATE_UNREADABLE";
    if (damagedToo && isDamaged) return undefined;
    throw error;
  }
}

async function untilDatabasesEnded(dataDir: string): Promise<void> {
  const deadlineMs = performance.now() + ENDING_MS;
  while (postmasters(dataDir).some(isAlive)) {
    if (performance.now() > deadlineMs) {
      throw new LocalCloudError({
        code: "DATA_FOLDER_IN_USE",
        message: `PostgreSQL still runs on the data folder ${dataDir}.`,
        hint: "Start a local cloud on it and stop it with Ctrl-C: it ends what was left behind.",
      });
    }
    await sleep(POLL_MS);
  }
}

function postmasters(dataDir: string): readonly number[] {
  const folder = join(dataDir, "databases");
  if (entriesOf(folder).length === 0) return [];
  return [...entriesBelow(folder)]
    .filter(({ name }) => name === "postmaster.pid")
    .flatMap(({ parentPath, name }) => parsePostmasterFile(textOf(join(parentPath, name)))?.pid ?? []);
}

/** Nothing for a file that PostgreSQL has removed as its last act. */
function textOf(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    if (systemErrorCode(error) === "ENOENT") return "";
    throw error;
  }
}

function noData(dataDir: string): LocalCloudError {
  return new LocalCloudError({
    code: "USAGE",
    message: `${dataDir} is no data folder of a local cloud: it has no state.sqlite.`,
    hint: "Name the folder with --data DIR.",
  });
}

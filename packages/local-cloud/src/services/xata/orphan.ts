import { execFileSync } from "node:child_process";
import { readFile, readlink, realpath, rm } from "node:fs/promises";
import { join } from "node:path";
import { LocalCloudError, systemErrorCode } from "../../errors.ts";
import { parsePostmasterFile } from "./postmaster-file.ts";
import { until } from "./until.ts";
import { isAlive } from "../../process/alive.ts";

/** PostgreSQL closes cleanly within this; then it is made to. */
const FAST_SHUTDOWN_MS = 3_000;
const KILL_MS = 3_000;

/**
 * Ends the postmaster that an earlier, killed process left behind on this cluster. Signals a process only when its working
 * folder proves that it is this cluster's postmaster. The caller must hold the data folder, so that what is found is nobody's.
 * Comes back with `unclean` when the cluster wasn't shut down in order; PostgreSQL recovers by itself at its next start.
 * @throws {LocalCloudError} DATABASE_FAILED when the orphan doesn't end.
 */
export async function endOrphan(
  clusterDir: string,
  log: (line: string) => void,
): Promise<"clean" | "unclean"> {
  const lockFile = join(clusterDir, "postmaster.pid");
  const text = await readText(lockFile);
  if (text === undefined) return "clean";
  const pid = parsePostmasterFile(text)?.pid;
  if (pid === undefined || !isAlive(pid)) return "unclean";
  if (await isPostmasterOf(clusterDir, pid)) {
    log(`ending PostgreSQL (process ${pid}), which an earlier run left behind`);
    await endProcess(pid);
  } else {
    // The dead postmaster's id was given to somebody else since; PostgreSQL would believe that it still runs.
    await rm(lockFile, { force: true });
  }
  return "unclean";
}

/** Asks for a fast shutdown, and kills what hasn't ended in time; what was committed is safe either way. */
export async function endProcess(pid: number): Promise<void> {
  if (!signal(pid, "SIGINT")) return;
  if (await until(() => !isAlive(pid), FAST_SHUTDOWN_MS)) return;
  signal(pid, "SIGKILL");
  if (await until(() => !isAlive(pid), KILL_MS)) return;
  throw new LocalCloudError({
    code: "DATABASE_FAILED",
    message: `PostgreSQL (process ${pid}) doesn't end, not even when killed.`,
    hint: "Look at that process (ps -o pid,stat,args -p PID), end it, and start again.",
  });
}

/** A postmaster works in its data folder: that is the proof, a process id alone may belong to somebody else by now. */
async function isPostmasterOf(clusterDir: string, pid: number): Promise<boolean> {
  const folder = await workingFolder(pid);
  return folder !== undefined && folder === (await realpath(clusterDir));
}

async function workingFolder(pid: number): Promise<string | undefined> {
  if (process.platform === "linux") return readlink(`/proc/${pid}/cwd`).catch(() => undefined);
  const listing = execFileSync("lsof", ["-a", "-p", String(pid), "-d", "cwd", "-Fn"], { encoding: "utf8" });
  return listing
    .split("\n")
    .find((line) => line.startsWith("n"))
    ?.slice(1);
}

function signal(pid: number, name: NodeJS.Signals | 0): boolean {
  try {
    process.kill(pid, name);
    return true;
  } catch (error) {
    if (systemErrorCode(error) === "ESRCH") return false;
    if (systemErrorCode(error) === "EPERM") return true;
    throw error;
  }
}

async function readText(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, "utf8");
  } catch (error) {
    if (systemErrorCode(error) === "ENOENT") return undefined;
    throw error;
  }
}

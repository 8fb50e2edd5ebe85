import { readdirSync, readFileSync } from "node:fs";
import process from "node:process";
import { setTimeout as sleep } from "node:timers/promises";
import { runOrFail } from "./run.ts";

/** Every ref of a clone with what it points to. */
export async function refsOf(project: string): Promise<readonly string[]> {
  const argv = ["git", "for-each-ref", "--format=%(refname) %(objectname)"];
  const { stdout } = await runOrFail({ argv, cwd: project, env: process.env });
  return stdout.trim().split("\n");
}

const GRACE_MS = 10_000;

/** Command lines of processes that still work on the data folder, after they had 10 s to end. Linux only: elsewhere none are found. */
export async function survivors(dataDir: string): Promise<readonly string[]> {
  const deadlineMs = performance.now() + GRACE_MS;
  for (;;) {
    const found = processesOf(dataDir);
    if (found.length === 0 || performance.now() > deadlineMs) return found.map(({ command }) => command);
    await sleep(100);
  }
}

/** Other processes than this one whose command or environment names the data folder. Linux only. */
export function processesOf(dataDir: string): readonly { readonly pid: number; readonly command: string }[] {
  const own = ancestry();
  return pids().flatMap((pid) => {
    try {
      const command = readFileSync(`/proc/${pid}/cmdline`, "utf8").replaceAll("\0", " ").trim();
      const environment = readFileSync(`/proc/${pid}/environ`, "utf8");
      return !own.has(Number(pid)) &&
        command !== "" &&
        (command.includes(dataDir) || environment.includes(dataDir))
        ? [{ pid: Number(pid), command }]
        : [];
    } catch {
      return [];
    }
  });
}

/** This process and those that it was started by, whose command may name the folder too. */
function ancestry(): ReadonlySet<number> {
  const found = new Set<number>();
  for (let pid = process.pid; pid > 1 && !found.has(pid); pid = parentOf(pid)) found.add(pid);
  return found;
}

function parentOf(pid: number): number {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    return Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[1]);
  } catch {
    return 0;
  }
}

function pids(): readonly string[] {
  try {
    return readdirSync("/proc").filter((name) => /^\d+$/u.test(name));
  } catch {
    return [];
  }
}

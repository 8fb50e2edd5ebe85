import { spawn } from "node:child_process";
import { once } from "node:events";
import process from "node:process";
import { setTimeout as sleep } from "node:timers/promises";
import { processesOf } from "./leaks.ts";

const GRACE_MS = 5000;

/** Ends everything that works on a data folder when this process is gone, even by SIGKILL. `stop` is for when all has ended. */
export function startGuard(dataDir: string): { stop(): Promise<void> } {
  const guard = spawn(process.execPath, [import.meta.filename, dataDir], {
    stdio: ["pipe", "ignore", "ignore"],
    detached: true,
  });
  const ended = new Promise<void>((resolve) => {
    guard.once("exit", () => resolve());
    guard.once("error", () => resolve());
  });
  guard.unref();
  return {
    stop: async () => {
      guard.ref();
      guard.kill("SIGKILL");
      await ended;
    },
  };
}

async function watch(dataDir: string): Promise<void> {
  process.stdin.resume();
  await once(process.stdin, "close");
  const deadlineMs = performance.now() + GRACE_MS;
  while (performance.now() < deadlineMs) {
    for (const { pid } of processesOf(dataDir)) end(pid, "SIGTERM");
    await sleep(200);
    if (processesOf(dataDir).length === 0) return;
  }
  for (const { pid } of processesOf(dataDir)) end(pid, "SIGKILL");
}

function end(pid: number, signal: "SIGTERM" | "SIGKILL"): void {
  try {
    process.kill(pid, signal);
  } catch {
    // It has ended by itself.
  }
}

const [, script, dataDir] = process.argv;
if (script === import.meta.filename && dataDir !== undefined) await watch(dataDir);

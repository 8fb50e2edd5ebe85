import { readdirSync } from "node:fs";
import { constants, setPriority } from "node:os";
import process from "node:process";

/**
 * Lets others have the CPU before a process, or no longer. Giving back may need privileges:
 * without them it stays as it is.
 */
export function giveWay(pid: number, isToGiveWay: boolean): void {
  const { PRIORITY_BELOW_NORMAL, PRIORITY_NORMAL } = constants.priority;
  for (const thread of threadsOf(pid)) {
    try {
      setPriority(thread, isToGiveWay ? PRIORITY_BELOW_NORMAL : PRIORITY_NORMAL);
    } catch {
      // It has ended, or the system doesn't allow it.
    }
  }
}

/** Linux has a priority for each thread. */
function threadsOf(pid: number): readonly number[] {
  if (process.platform !== "linux") return [pid];
  try {
    return readdirSync(`/proc/${pid}/task`).map(Number);
  } catch {
    return [];
  }
}

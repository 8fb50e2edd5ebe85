import process from "node:process";
import { usageOf } from "../process/usage.ts";
import { STARTUP_MEMORY_BYTES, STARTUP_CPU_MS } from "./limits.ts";

/** What a script that takes too much to start is refused with, under code 10021. @see https://developers.cloudflare.com/workers/observability/errors/#validation-errors-10021 */
type StartupFault = "Script startup exceeded CPU time limit." | "Script startup exceeded memory limits.";

/** The watch over a process from its spawning to its readiness. */
export interface StartupWatch {
  /** Why the process was ended, if it was. */
  fault(): StartupFault | undefined;
  /** Ends the watch of a process that is ready: its id, and its CPU time beyond the baseline. Idempotent. */
  cancel(): void;
  end(): { readonly pid: number; readonly cpuMs: number };
}

const LOOK_EVERY_MS = 50;
/** What a process holds by itself when it starts. */
const OWN_MEMORY_BYTES = 128 * 1024 * 1024;

/**
 * Ends a process whose start takes more than the limits. CPU time is counted, not time on the clock, so that a busy
 * machine refuses nothing. `pid` is undefined until the process has told its id.
 */
export function watchStartup(pid: () => number | undefined, baselineCpuMs: number): StartupWatch {
  let fault: StartupFault | undefined;
  let ended: { readonly pid: number; readonly cpuMs: number } | undefined;
  const timer = setInterval(() => {
    const id = pid();
    const usage = id === undefined ? undefined : usageOf(id);
    if (id === undefined || usage === undefined) return;
    if (usage.cpuMs - baselineCpuMs > STARTUP_CPU_MS) fault = "Script startup exceeded CPU time limit.";
    else if (usage.memoryBytes > OWN_MEMORY_BYTES + STARTUP_MEMORY_BYTES)
      fault = "Script startup exceeded memory limits.";
    else return;
    clearInterval(timer);
    process.kill(id, "SIGKILL");
  }, LOOK_EVERY_MS).unref();
  return {
    fault: () => fault,
    cancel: () => clearInterval(timer),
    end: () => {
      clearInterval(timer);
      if (ended !== undefined) return ended;
      const id = pid();
      if (id === undefined) throw new Error("the process did not tell its id");
      ended = { pid: id, cpuMs: Math.max(0, (usageOf(id)?.cpuMs ?? 0) - baselineCpuMs) };
      return ended;
    },
  };
}

import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import process from "node:process";

/** What a process has used up to now. */
export interface Usage {
  /** CPU time of its main thread, on which workerd runs all JavaScript. */
  readonly cpuMs: number;
  /** Memory of its own that is in RAM. */
  readonly memoryBytes: number;
}

const PAGE_BYTES = 4096;
/** @see https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html: 100 on every architecture that Node.js runs on. */
const TICKS_PER_SECOND = 100;

/** Reads a process's use; undefined once it is gone. */
export function usageOf(pid: number): Usage | undefined {
  return process.platform === "linux" ? fromProc(pid) : fromPs(pid);
}

/** Only the CPU time, where that is cheap to read often; otherwise undefined. */
export function cpuMsOf(pid: number): number | undefined {
  if (process.platform !== "linux") return undefined;
  try {
    return mainThreadCpuMs(pid);
  } catch {
    return undefined;
  }
}

function fromProc(pid: number): Usage | undefined {
  try {
    const [, resident = 0, shared = 0] = numbers(readFileSync(`/proc/${pid}/statm`, "utf8"));
    if (resident === 0) return undefined;
    // A process that has ended but that nobody has waited for yet holds no memory.
    return { cpuMs: mainThreadCpuMs(pid), memoryBytes: (resident - shared) * PAGE_BYTES };
  } catch {
    return undefined;
  }
}

/** Nanoseconds where the kernel counts them, otherwise ticks of 10 ms. */
function mainThreadCpuMs(pid: number): number {
  const [onCpuNs = 0] = numbers(readFileSync(`/proc/${pid}/schedstat`, "utf8"));
  if (onCpuNs > 0) return onCpuNs / 1e6;
  const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return ((Number(fields[11]) + Number(fields[12])) * 1000) / TICKS_PER_SECOND;
}

function numbers(text: string): readonly number[] {
  return text.trim().split(/\s+/u).map(Number);
}

/** `ps` gives `[[dd-]hh:]mm:ss.cc` and KiB. */
function fromPs(pid: number): Usage | undefined {
  try {
    const output = execFileSync("ps", ["-o", "time=,rss=", "-p", String(pid)], { encoding: "utf8" });
    const [time = "", kibibytes = "0"] = output.trim().split(/\s+/u);
    return { cpuMs: secondsOf(time) * 1000, memoryBytes: Number(kibibytes) * 1024 };
  } catch {
    return undefined;
  }
}

function secondsOf(time: string): number {
  const [days, clock] = time.includes("-") ? (time.split("-") as [string, string]) : ["0", time];
  return clock.split(":").reduce((total, part) => total * 60 + Number(part), 0) + Number(days) * 86_400;
}

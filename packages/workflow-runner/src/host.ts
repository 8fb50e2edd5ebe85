import { spawn } from "node:child_process";

export interface Command {
  readonly argv: readonly string[];
  readonly cwd: string;
  /** The whole environment: nothing of this process's own is added. */
  readonly env: Readonly<Record<string, string>>;
  readonly onOutput: (text: string) => void;
  readonly timeoutMs?: number;
}

/** Runs a command to its end; resolves with its exit code, 124 when its time was up. */
export function runCommand({ argv, cwd, env, onOutput, timeoutMs }: Command): Promise<number> {
  const [file = "", ...args] = argv;
  return new Promise((resolve, reject) => {
    const child = spawn(file, args, { cwd, env, stdio: ["ignore", "pipe", "pipe"], detached: true });
    const timer = timeoutMs === undefined ? undefined : setTimeout(() => endGroup(child.pid), timeoutMs);
    for (const stream of [child.stdout, child.stderr]) stream.setEncoding("utf8").on("data", onOutput);
    const forward = () => endGroup(child.pid);
    for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, forward);
    child.on("error", reject);
    child.on("close", (exitCode, signal) => {
      clearTimeout(timer);
      for (const name of ["SIGINT", "SIGTERM"] as const) process.removeListener(name, forward);
      resolve(exitCode ?? (signal === "SIGTERM" ? 124 : 1));
    });
  });
}

/** A step's shell may have started others: the whole group ends. */
function endGroup(pid: number | undefined): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, "SIGTERM");
  } catch {
    // It has ended in the meantime.
  }
}

import { spawn } from "node:child_process";
import { ending, type AtEnd } from "./ending.ts";

export interface Run {
  readonly argv: readonly string[];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly input?: string;
  /** Ends the program after that long. */
  readonly timeoutMs?: number;
  /** Default: it is ended with this process. */
  readonly atEnd?: AtEnd;
  /** Gets each piece of standard output and error as it comes. */
  readonly onOutput?: (text: string) => void;
}

/** Success and failure share one shape. */
export interface RunResult {
  readonly exitCode: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a program to its end, without a shell. @throws a system error when it can't be started. */
export function run({
  argv,
  cwd,
  env,
  input,
  timeoutMs,
  atEnd = "ended",
  onOutput,
}: Run): Promise<RunResult> {
  const [command = "", ...args] = argv;
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd, env, timeout: timeoutMs, stdio: ["pipe", "pipe", "pipe"] });
    ending.started(child, atEnd);
    let stdout = "";
    let stderr = "";
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      stdout += text;
      onOutput?.(text);
    });
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      stderr += text;
      onOutput?.(text);
    });
    child.on("error", reject);
    child.on("close", (exitCode, signal) => resolve({ exitCode, signal, stdout, stderr }));
    // A child that doesn't read its input may close it first; its exit code tells the rest.
    child.stdin.on("error", () => undefined);
    child.stdin.end(input ?? "");
  });
}

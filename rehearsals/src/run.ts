import { spawn, type ChildProcess } from "node:child_process";

export interface Command {
  readonly argv: readonly string[];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Gets each line of standard error, and of standard output when `stdoutToo`. */
  readonly onLine?: (line: string) => void;
  readonly signal?: AbortSignal;
}

export interface Finished {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a command to its end. An aborted one is told to stop and waited for. */
export function run({ argv, cwd, env, onLine, signal }: Command): Promise<Finished> {
  const [file = "", ...args] = argv;
  return new Promise((resolve, reject) => {
    const child = spawn(file, args, { cwd, env, stdio: ["ignore", "pipe", "pipe"] });
    const stop = () => child.kill("SIGTERM");
    signal?.addEventListener("abort", stop);
    let stdout = "";
    let stderr = "";
    child.stdout.setEncoding("utf8").on("data", (text: string) => (stdout += text));
    child.stderr.setEncoding("utf8").on("data", (text: string) => (stderr += text));
    if (onLine) eachLine(child, onLine);
    child.on("error", reject);
    child.on("close", (exitCode) => {
      signal?.removeEventListener("abort", stop);
      resolve({ exitCode: exitCode ?? 1, stdout, stderr });
    });
  });
}

/** As `run`, for commands whose failure is a failure of the rehearsal. */
export async function runOrFail(command: Command): Promise<Finished> {
  const finished = await run(command);
  if (finished.exitCode === 0) return finished;
  throw new Error(
    `${command.argv.join(" ")} ended with ${finished.exitCode}\n${finished.stdout}\n${finished.stderr}`,
  );
}

function eachLine(child: ChildProcess, onLine: (line: string) => void): void {
  let rest = "";
  child.stderr?.on("data", (text: string) => {
    const lines = `${rest}${text}`.split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) onLine(line);
  });
  child.stderr?.on("end", () => {
    if (rest !== "") onLine(rest);
  });
}

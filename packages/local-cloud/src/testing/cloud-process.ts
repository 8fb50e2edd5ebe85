import { spawn, type ChildProcess } from "node:child_process";
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { clientEnvironment } from "../commands/env.ts";
import { readySchema, type Ready } from "../ready-file.ts";

const BIN = new URL("../../bin/local-cloud.js", import.meta.url).pathname;

/** A local cloud as a user starts it: a process of its own, on free ports and a folder of its own. */
export interface CloudProcess {
  readonly ready: Ready;
  readonly child: ChildProcess;
  /** Everything that it wrote to standard error so far. */
  log(): string;
  /** Sends the signal and resolves with the exit code, or the signal's name when that ended it. */
  end(signal: "SIGTERM" | "SIGKILL" | "SIGINT"): Promise<number | string | null>;
}

export async function startCloudProcess(
  options: { readonly dataDir?: string; readonly args?: readonly string[] } = {},
): Promise<CloudProcess> {
  const dataDir = options.dataDir ?? temporaryFolder();
  // A test's own limit comes later in the line and wins.
  const ports = ["--port", "0", "--edge-port", "0", "--database-port", "0", "--api-rate-limit", "0"];
  const child = spawn(
    process.execPath,
    [BIN, "up", "--json", "--data", dataDir, ...ports, ...(options.args ?? [])],
    {
      stdio: ["ignore", "pipe", "pipe"],
    },
  );
  let log = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => (log += text));
  const ready = await new Promise<Ready>((resolve, reject) => {
    child.stdout
      .setEncoding("utf8")
      .once("data", (line: string) => resolve(readySchema.parse(JSON.parse(line))));
    child.once("exit", (code) => reject(new Error(`local-cloud ended with ${code}: ${log}`)));
  });
  return {
    ready,
    child,
    log: () => log,
    end: (signal) =>
      new Promise((resolve) => {
        child.once("exit", (code, endedBy) => resolve(code ?? endedBy));
        child.kill(signal);
      }),
  };
}

/** Others may pass through it: as root, PostgreSQL runs as another user. */
export function temporaryFolder(): string {
  return mkdtempSync(join(tmpdir(), "local-cloud-test-"));
}

/** The environment of a client of that cloud: nothing of this process's besides PATH and a home that is thrown away. */
export function clientEnv(ready: Ready): Record<string, string> {
  const home = mkdtempSync(join(tmpdir(), "local-cloud-home-"));
  return {
    PATH: process.env["PATH"] ?? "",
    HOME: home,
    TMPDIR: tmpdir(),
    CI: "true",
    FORCE_COLOR: "0",
    WRANGLER_LOG_PATH: home,
    // A third of what a short command of wrangler costs is the compilation of its 16 MB.
    NODE_COMPILE_CACHE: process.env["NODE_COMPILE_CACHE"] ?? join(tmpdir(), "local-cloud-test-compile-cache"),
    ...clientEnvironment(ready),
  };
}

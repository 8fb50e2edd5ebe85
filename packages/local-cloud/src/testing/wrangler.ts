import { spawn } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import process from "node:process";
import type { Ready } from "../ready-file.ts";
import { clientEnv } from "./cloud-process.ts";

/** wrangler, the unmodified package, on a project of its own. */
export interface Wrangler {
  readonly folder: string;
  /** Runs a command; `records` is what it wrote to WRANGLER_OUTPUT_FILE_PATH. */
  run(args: readonly string[], input?: string): Promise<WranglerRun>;
  /** As `run`, for a command that is to succeed. @throws when it doesn't, with what it printed */
  runOrFail(args: readonly string[], input?: string): Promise<WranglerRun>;
  /** Starts a command that goes on until it is stopped, and keeps what it prints. */
  start(args: readonly string[]): { output(): string; stop(): void };
}

export interface WranglerRun {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
  readonly records: readonly Readonly<Record<string, unknown>>[];
}

const BIN = join(
  dirname(createRequire(import.meta.url).resolve("wrangler/package.json")),
  "bin",
  "wrangler.js",
);
const EXAMPLES = new URL("../../../../examples/", import.meta.url).pathname;

/** Copies an example project, so that tests may change it. */
export function wranglerOn(ready: Ready, example: "hello" | "stores" = "hello"): Wrangler {
  const folder = mkdtempSync(join(tmpdir(), "wrangler-test-"));
  cpSync(join(EXAMPLES, example), folder, { recursive: true });
  const outputFile = join(folder, "..", `${folder.split("/").at(-1)}.ndjson`);
  const run: Wrangler["run"] = async (args, input = "") => {
    rmSync(outputFile, { force: true });
    const result = await execute({
      folder,
      args,
      input,
      env: { ...clientEnv(ready), WRANGLER_OUTPUT_FILE_PATH: outputFile },
    });
    return { ...result, records: readRecords(outputFile) };
  };
  return {
    folder,
    run,
    runOrFail: async (args, input) => {
      const result = await run(args, input);
      if (result.exitCode === 0) return result;
      throw new Error(
        `wrangler ${args.join(" ")} ended with ${result.exitCode}:\n${result.stderr}${result.stdout}`,
      );
    },
    start: (args) => {
      const child = spawn(process.execPath, [BIN, ...args], {
        cwd: folder,
        env: clientEnv(ready),
        stdio: ["ignore", "pipe", "ignore"],
      });
      let output = "";
      child.stdout.setEncoding("utf8").on("data", (text: string) => (output += text));
      return { output: () => output, stop: () => child.kill("SIGTERM") };
    },
  };
}

function execute({
  folder,
  args,
  input,
  env,
}: {
  folder: string;
  args: readonly string[];
  input: string;
  env: Record<string, string>;
}): Promise<Omit<WranglerRun, "records">> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [BIN, ...args], {
      cwd: folder,
      env,
      stdio: ["pipe", "pipe", "pipe"],
    });
    let stdout = "";
    let stderr = "";
    child.stdout.setEncoding("utf8").on("data", (text: string) => (stdout += text));
    child.stderr.setEncoding("utf8").on("data", (text: string) => (stderr += text));
    child.on("error", reject);
    child.on("close", (code) => resolve({ exitCode: code ?? 1, stdout, stderr }));
    child.stdin.end(input);
  });
}

function readRecords(file: string): WranglerRun["records"] {
  try {
    const lines = readFileSync(file, "utf8")
      .split("\n")
      .filter((line) => line !== "");
    return lines.map((line) => JSON.parse(line) as Record<string, unknown>);
  } catch {
    return [];
  }
}

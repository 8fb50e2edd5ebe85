import { spawn } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
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
  /** What a command that is to succeed printed as JSON. */
  json(args: readonly string[]): Promise<unknown>;
  /** Changes a file of the project. */
  edit(path: string, change: (text: string) => string): void;
  /** Writes a file of the project, and gives its name back. */
  write(path: string, text: string): string;
  /** Starts a command that goes on until it is stopped, and keeps what it prints. */
  start(args: readonly string[]): { output(): string; stop(): void };
}

export interface WranglerRun {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
  readonly records: readonly Readonly<Record<string, unknown>>[];
}

const PACKAGE = dirname(createRequire(import.meta.url).resolve("wrangler/package.json"));
/**
 * As `bin/wrangler.js` runs it, without a second process of Node.js. A quarter of what a short command costs is the collection of
 * garbage in a young generation that begins too small for the 15 MB of wrangler.
 */
const NODE_ARGS = ["--no-warnings", "--min-semi-space-size=64", join(PACKAGE, "wrangler-dist", "cli.js")];
const EXAMPLES = new URL("../../../../examples/", import.meta.url).pathname;

/** A Worker with nothing to it. */
const BARE = {
  "wrangler.toml": `name = "bare"\nmain = "index.js"\ncompatibility_date = "2026-10-01"\n`,
  "index.js": `export default { fetch: () => new Response("ok") };\n`,
};

/** Copies an example project, or makes a bare one, so that tests may change it. Commands may run at the same time. */
export function wranglerOn(ready: Ready, project: "hello" | "stores" | "bare" = "hello"): Wrangler {
  const folder = mkdtempSync(join(tmpdir(), "wrangler-test-"));
  const write = (path: string, text: string) => {
    writeFileSync(join(folder, path), text);
    return path;
  };
  if (project === "bare") for (const [path, text] of Object.entries(BARE)) write(path, text);
  else cpSync(join(EXAMPLES, project), folder, { recursive: true });
  let runs = 0;
  const run: Wrangler["run"] = async (args, input = "") => {
    runs += 1;
    const outputFile = `${folder}-${runs}.ndjson`;
    const env = { ...clientEnv(ready), WRANGLER_OUTPUT_FILE_PATH: outputFile };
    const result = await execute({ folder, args, input, env });
    return { ...result, records: readRecords(outputFile) };
  };
  const runOrFail: Wrangler["runOrFail"] = async (args, input) => {
    const result = await run(args, input);
    if (result.exitCode === 0) return result;
    throw new Error(
      `wrangler ${args.join(" ")} ended with ${result.exitCode}:\n${result.stderr}${result.stdout}`,
    );
  };
  return {
    folder,
    run,
    runOrFail,
    json: async (args) => JSON.parse((await runOrFail(args)).stdout) as unknown,
    edit: (path, change) => void write(path, change(readFileSync(join(folder, path), "utf8"))),
    write,
    start: (args) => {
      const child = spawn(process.execPath, [...NODE_ARGS, ...args], {
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
    const child = spawn(process.execPath, [...NODE_ARGS, ...args], {
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

import { spawn } from "node:child_process";
import { join } from "node:path";
import process from "node:process";
import { SAMPLE_VARIABLE, type Drill } from "local-cloud/drills";

const PROJECT = join(import.meta.dirname, "..", "..");

export const testsDrill: Drill = {
  about:
    "Every test of which `npm test` runs a sample passes: whole deliveries, refusals, stores, full disks.",
  run: async ({ log }) => {
    const child = spawn(join(PROJECT, "node_modules", ".bin", "vitest"), ["run", "--project", "parts"], {
      cwd: PROJECT,
      env: { ...process.env, [SAMPLE_VARIABLE]: "all" },
      stdio: ["ignore", "pipe", "pipe"],
    });
    let output = "";
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding("utf8").on("data", (text: string) => {
        output += text;
        log(text.trimEnd());
      });
    const exitCode = await new Promise<number | null>((resolve) => child.once("exit", resolve));
    return { ok: exitCode === 0, result: { exitCode, end: output.trim().split("\n").slice(-5) } };
  },
};

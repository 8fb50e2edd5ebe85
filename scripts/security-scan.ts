/**
 * The pipeline's vulnerability scan. Its result is one of three words, and never silent: `clean`, `vulnerable` (exit 3), or
 * `unavailable` when the registry offers no audit, which is no proof of anything and says so wherever it is shown.
 */
import { spawnSync } from "node:child_process";
import { appendFileSync } from "node:fs";
import process from "node:process";
import * as z from "zod";

const auditSchema = z.object({
  metadata: z.object({
    vulnerabilities: z.object({
      high: z.number(),
      critical: z.number(),
      moderate: z.number(),
      low: z.number(),
      total: z.number(),
    }),
  }),
});

interface Scan {
  readonly result: "clean" | "vulnerable" | "unavailable";
  readonly sentence: string;
}

const scan = readAudit(audit());
publish(scan);
process.exitCode = scan.result === "vulnerable" ? 3 : 0;

function audit(): string {
  const { stdout } = spawnSync("npm", ["audit", "--json", "--fetch-retries=0"], {
    encoding: "utf8",
    timeout: 60_000,
  });
  return stdout ?? "";
}

/** `npm audit` exits 1 for findings and for faults alike; only its report tells them apart. */
function readAudit(output: string): Scan {
  const report = auditSchema.safeParse(parsed(output));
  if (!report.success) {
    return {
      result: "unavailable",
      sentence:
        "npm audit gave no report: the registry or the network does not offer one. Nothing was checked.",
    };
  }
  const { high, critical, total } = report.data.metadata.vulnerabilities;
  if (high + critical > 0) {
    return {
      result: "vulnerable",
      sentence: `${critical} critical and ${high} high vulnerabilities. See them: npm audit`,
    };
  }
  return { result: "clean", sentence: `No high or critical vulnerability (${total} lesser ones).` };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function publish({ result, sentence }: Scan): void {
  const { GITHUB_OUTPUT: outputs, GITHUB_STEP_SUMMARY: summary, GITHUB_ACTIONS: onActions } = process.env;
  console.log(`security scan: ${result}. ${sentence}`);
  if (onActions === "true" && result !== "clean")
    console.log(`::${result === "vulnerable" ? "error" : "warning"}::Security scan: ${result}. ${sentence}`);
  if (outputs) appendFileSync(outputs, `result=${result}\n`);
  if (summary) appendFileSync(summary, `### Security scan: ${result}\n\n${sentence}\n`);
}

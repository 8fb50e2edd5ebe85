import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import process from "node:process";
import { createInterface } from "node:readline/promises";
import { parseArgs } from "node:util";
import * as z from "zod";
import { WorkflowError } from "./errors.ts";
import { runWorkflow, type RepositorySettings, type WorkflowRun } from "./run.ts";
import type { TriggerEvent } from "./trigger.ts";

const HELP = `run-workflow: runs a GitHub workflow file on this machine, each job in a clean clone of the last commit.

Usage
  npx run-workflow FILE [options]

Options
  --event NAME             push, pull_request or workflow_dispatch   (push)
  --branch NAME            the branch that it happened on            (the checked-out one)
  --input NAME=VALUE       of workflow_dispatch; may be given more than once
  --settings FILE          JSON: secrets, vars, and environments with secrets of their own
  --approve ENV            approve this protected environment without asking; may be given more than once
  --env NAME=VALUE         a variable of the machine that runs the jobs; may be given more than once
  --substitute LINE=OTHER  run OTHER where a step says exactly LINE; may be given more than once
  --skip-step NAME         leave a step out; may be given more than once
  --json                   the result as one JSON document on standard output

Settings
  {"secrets": {}, "vars": {}, "environments": {"production": {"secrets": {}, "protected": true}}}

Exit codes: 0 success · 1 defect · 2 usage, or a file that can't be run · 3 a job failed · 7 waiting for an approval
`;

const OPTIONS = {
  event: { type: "string", default: "push" },
  branch: { type: "string" },
  input: { type: "string", multiple: true },
  settings: { type: "string" },
  approve: { type: "string", multiple: true },
  env: { type: "string", multiple: true },
  substitute: { type: "string", multiple: true },
  "skip-step": { type: "string", multiple: true },
  json: { type: "boolean" },
  help: { type: "boolean", short: "h" },
} as const;

const texts = z.record(z.string(), z.string()).default({});
const settingsSchema = z.strictObject({
  secrets: texts,
  vars: texts,
  environments: z
    .record(
      z.string(),
      z.strictObject({ secrets: texts, vars: texts, protected: z.boolean().default(false) }),
    )
    .default({}),
});

/** Runs one workflow; returns the exit code. */
export async function main(args: readonly string[]): Promise<number> {
  try {
    const { values, positionals } = parse(args);
    const [file, ...rest] = positionals;
    if (values.help === true || file === undefined) {
      process.stdout.write(HELP);
      return values.help === true ? 0 : 2;
    }
    if (rest.length > 0) throw usage(`one file at a time, not ${positionals.join(", ")}.`);
    const result = await runWorkflow(toRun(file, values));
    if (values.json === true) process.stdout.write(`${JSON.stringify(result)}\n`);
    process.stderr.write(`${file}: ${result.conclusion} (${result.reason})\n`);
    return result.conclusion === "failure" ? 3 : 0;
  } catch (error) {
    if (!(error instanceof WorkflowError)) throw error;
    process.stderr.write(`run-workflow: ${error.message}\n  ${error.hint}\n`);
    return 2;
  }
}

type Values = ReturnType<typeof parse>["values"];

function toRun(file: string, values: Values): WorkflowRun {
  const git = (...argv: string[]) => execFileSync("git", argv, { encoding: "utf8" }).trim();
  const branch = values.branch ?? git("rev-parse", "--abbrev-ref", "HEAD");
  return {
    file,
    event: { name: eventName(values.event), branch, inputs: pairs(values.input, "--input") },
    repository: git("rev-parse", "--show-toplevel"),
    sha: git("rev-parse", "HEAD"),
    settings: readSettings(values.settings),
    approve: ({ environment, job }) => approval(values.approve ?? [], { environment, job }),
    machine: { PATH: process.env["PATH"] ?? "", ...pairs(values.env, "--env") },
    substitutions: new Map(Object.entries(pairs(values.substitute, "--substitute"))),
    skippedSteps: new Set(values["skip-step"]),
    log: (line) => process.stderr.write(`${line}\n`),
  };
}

/** Asks the person at the terminal; without one, what isn't approved by option isn't approved. */
async function approval(
  given: readonly string[],
  { environment, job }: { environment: string; job: string },
): Promise<boolean> {
  if (given.includes(environment)) return true;
  if (!process.stdin.isTTY) return false;
  const questions = createInterface({ input: process.stdin, output: process.stderr });
  const answer = await questions.question(`Approve ${job} for the environment ${environment}? [y/N] `);
  questions.close();
  return answer.trim().toLowerCase() === "y";
}

function readSettings(file: string | undefined): RepositorySettings {
  if (file === undefined) return settingsSchema.parse({});
  try {
    return settingsSchema.parse(JSON.parse(readFileSync(file, "utf8")));
  } catch (error) {
    throw usage(
      `${file} can't be read as settings: ${error instanceof Error ? error.message : String(error)}`,
    );
  }
}

function eventName(name: string): TriggerEvent["name"] {
  if (name === "push" || name === "pull_request" || name === "workflow_dispatch") return name;
  throw usage(`--event takes push, pull_request or workflow_dispatch, not ${name}.`);
}

function pairs(given: readonly string[] | undefined, flag: string): Readonly<Record<string, string>> {
  const entries = (given ?? []).map((pair) => {
    const at = pair.indexOf("=");
    if (at < 1) throw usage(`${flag} takes NAME=VALUE, not ${pair}.`);
    return [pair.slice(0, at), pair.slice(at + 1)] as const;
  });
  return Object.fromEntries(entries);
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({ args: [...args], options: OPTIONS, allowPositionals: true });
  } catch (error) {
    throw usage(error instanceof Error ? error.message : String(error));
  }
}

function usage(message: string): WorkflowError {
  return new WorkflowError({ code: "USAGE", message, hint: "npx run-workflow --help lists the options." });
}

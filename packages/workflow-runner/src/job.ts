import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { standInFor } from "./actions.ts";
import { interpolate, isTrue, type Scope, type Value } from "./expression.ts";
import { parseFileCommands } from "./file-commands.ts";
import { runCommand } from "./host.ts";
import type { Job, Step } from "./workflow.ts";

type StepConclusion = "success" | "failure" | "skipped";

export interface StepResult {
  readonly name: string;
  readonly conclusion: StepConclusion;
  readonly durationMs: number;
  /** Why it was skipped, or why it failed. */
  readonly reason?: string;
}

export interface JobResult {
  readonly name: string;
  readonly conclusion: "success" | "failure" | "skipped";
  readonly reason?: string;
  readonly steps: readonly StepResult[];
  readonly outputs: Readonly<Record<string, string>>;
  readonly summary: string;
}

export interface JobRun {
  readonly id: string;
  readonly job: Job;
  /** Contexts that don't change while the job runs: github, secrets, vars, needs, … */
  readonly contexts: Readonly<Record<string, Value>>;
  /** The machine's own environment: the only one that a step gets besides the workflow's. */
  readonly machine: Readonly<Record<string, string>>;
  readonly workflowEnv: Readonly<Record<string, string>>;
  readonly repository: string;
  readonly sha: string;
  readonly artifactsDir: string;
  /** A step's command line → what is run instead, such as an install that is there already. */
  readonly substitutions: ReadonlyMap<string, string>;
  /** Names of steps that are left out. */
  readonly skippedSteps: ReadonlySet<string>;
  readonly secrets: readonly string[];
  readonly log: (line: string) => void;
}

interface JobState {
  readonly workspace: string;
  readonly folder: string;
  failed: boolean;
  env: Record<string, string>;
  paths: string[];
  steps: Record<
    string,
    {
      readonly outputs: Record<string, string>;
      readonly outcome: StepConclusion;
      readonly conclusion: StepConclusion;
    }
  >;
  summary: string;
}

/** Runs a job's steps in a fresh workspace, one after the other, as a hosted runner does. */
export async function runJob(run: JobRun): Promise<JobResult> {
  const folder = mkdtempSync(join(tmpdir(), "workflow-job-"));
  const state: JobState = {
    workspace: join(folder, "work"),
    folder,
    failed: false,
    env: {},
    paths: [],
    steps: {},
    summary: "",
  };
  mkdirSync(state.workspace);
  mkdirSync(join(folder, "home"));
  try {
    const steps: StepResult[] = [];
    for (const [index, step] of run.job.steps.entries())
      steps.push(await runStep(run, state, { step, index }));
    const scope = scopeOf(run, state);
    const outputs = Object.entries(run.job.outputs).map(
      ([name, text]) => [name, interpolate(text, scope)] as const,
    );
    const conclusion = state.failed ? "failure" : "success";
    return {
      name: run.job.name ?? run.id,
      conclusion,
      steps,
      outputs: Object.fromEntries(outputs),
      summary: state.summary,
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function runStep(
  run: JobRun,
  state: JobState,
  { step, index }: { readonly step: Step; readonly index: number },
): Promise<StepResult> {
  const name = step.name ?? step.uses ?? step.run?.split("\n")[0] ?? `step ${index + 1}`;
  const startedAt = performance.now();
  const finish = (conclusion: StepConclusion, reason?: string): StepResult => {
    const durationMs = Math.round(performance.now() - startedAt);
    run.log(
      `  ${MARKS[conclusion]} ${name}${reason === undefined ? "" : `: ${reason}`} (${(durationMs / 1000).toFixed(1)} s)`,
    );
    return { name, conclusion, durationMs, ...(reason !== undefined && { reason }) };
  };
  if (run.skippedSteps.has(name)) return finish("skipped", "left out by request");
  if (!isTrue(withDefaultStatus(step.if), scopeOf(run, state)))
    return finish("skipped", "its condition is false");
  const { outputs, failure } = await attempt(run, state, step);
  const outcome = failure === undefined ? "success" : "failure";
  const conclusion = step["continue-on-error"] ? "success" : outcome;
  if (step.id !== undefined) state.steps[step.id] = { outputs, outcome, conclusion };
  if (conclusion === "failure") state.failed = true;
  return finish(conclusion, failure);
}

const MARKS: Readonly<Record<StepConclusion, string>> = { success: "✓", failure: "✗", skipped: "–" };

async function attempt(
  run: JobRun,
  state: JobState,
  step: Step,
): Promise<{ outputs: Record<string, string>; failure?: string }> {
  try {
    return step.uses === undefined ? await runShell(run, state, step) : await runAction(run, state, step);
  } catch (error) {
    return { outputs: {}, failure: error instanceof Error ? error.message : String(error) };
  }
}

async function runAction(
  run: JobRun,
  state: JobState,
  step: Step,
): Promise<{ outputs: Record<string, string> }> {
  const scope = scopeOf(run, state);
  const inputs = Object.fromEntries(
    Object.entries(step.with).map(([key, text]) => [key, interpolate(text, scope)]),
  );
  const { repository, sha, artifactsDir, log } = run;
  const { outputs, paths } = await standInFor(
    step.uses ?? "",
    inputs,
  )({
    workspace: state.workspace,
    inputs,
    repository,
    sha,
    artifactsDir,
    env: environmentOf(run, state, step),
    log: (line) => log(`    ${line}`),
  });
  state.paths.unshift(...paths);
  return { outputs: { ...outputs } };
}

async function runShell(
  run: JobRun,
  state: JobState,
  step: Step,
): Promise<{ outputs: Record<string, string>; failure?: string }> {
  const script = interpolate(step.run ?? "", scopeOf(run, state));
  const files = fileCommandPaths(state);
  for (const path of Object.values(files)) writeFileSync(path, "");
  const instead = run.substitutions.get(script.trim());
  if (instead !== undefined) run.log(`    "${script.trim()}" is replaced by "${instead}"`);
  const scriptFile = join(state.folder, "step.sh");
  writeFileSync(scriptFile, instead ?? script);
  const exitCode = await runCommand({
    argv: [...SHELLS[step.shell ?? "default"], scriptFile],
    cwd: resolve(state.workspace, step["working-directory"] ?? "."),
    env: { ...environmentOf(run, state, step), ...files },
    onOutput: (text) => run.log(masked(indented(text), run.secrets)),
    ...(step["timeout-minutes"] !== undefined && { timeoutMs: step["timeout-minutes"] * 60_000 }),
  });
  const outputs = parseFileCommands(readFileSync(files.GITHUB_OUTPUT, "utf8"));
  Object.assign(state.env, parseFileCommands(readFileSync(files.GITHUB_ENV, "utf8")));
  state.paths.unshift(
    ...readFileSync(files.GITHUB_PATH, "utf8")
      .split("\n")
      .filter((line) => line !== ""),
  );
  state.summary += readFileSync(files.GITHUB_STEP_SUMMARY, "utf8");
  return exitCode === 0 ? { outputs } : { outputs, failure: `exit code ${exitCode}` };
}

/** @see https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-syntax#jobsjob_idstepsshell */
const SHELLS = {
  default: ["bash", "-e"],
  bash: ["bash", "--noprofile", "--norc", "-eo", "pipefail"],
  sh: ["sh", "-e"],
} as const;

function fileCommandPaths({ folder }: JobState) {
  return {
    GITHUB_OUTPUT: join(folder, "output"),
    GITHUB_ENV: join(folder, "env"),
    GITHUB_PATH: join(folder, "path"),
    GITHUB_STEP_SUMMARY: join(folder, "summary"),
  };
}

/** Without a status function of its own, a condition holds only while nothing has failed. */
function withDefaultStatus(condition: string | undefined): string {
  if (condition === undefined) return "success()";
  if (/\b(?:success|failure|always|cancelled)\(\)/u.test(condition)) return condition;
  const inner = /^\s*\$\{\{(?<source>[\s\S]*)\}\}\s*$/u.exec(condition)?.groups?.["source"] ?? condition;
  return `success() && (${inner})`;
}

function scopeOf(run: JobRun, state: JobState): Scope {
  const env = { ...run.workflowEnv, ...run.job.env, ...state.env };
  return {
    contexts: {
      ...run.contexts,
      env,
      steps: state.steps,
      job: { status: state.failed ? "failure" : "success" },
      runner: { os: "Linux", arch: "X64", temp: state.folder },
    },
    functions: {
      success: () => !state.failed,
      failure: () => state.failed,
      always: () => true,
      cancelled: () => false,
    },
  };
}

function environmentOf(run: JobRun, state: JobState, step: Step): Record<string, string> {
  const scope = scopeOf(run, state);
  const texts = { ...run.workflowEnv, ...run.job.env, ...step.env };
  const own = Object.entries(texts).map(([name, text]) => [name, interpolate(text, scope)] as const);
  const path = [...state.paths, run.machine["PATH"] ?? "/usr/local/bin:/usr/bin:/bin"].join(":");
  return {
    ...run.machine,
    HOME: join(state.folder, "home"),
    CI: "true",
    GITHUB_ACTIONS: "true",
    GITHUB_WORKSPACE: state.workspace,
    GITHUB_JOB: run.id,
    ...githubVariables(run.contexts["github"]),
    ...state.env,
    ...Object.fromEntries(own),
    PATH: path,
  };
}

function githubVariables(github: Value | undefined): Readonly<Record<string, string>> {
  if (typeof github !== "object" || github === null) return {};
  return Object.fromEntries(
    Object.entries(github).flatMap(([name, value]) =>
      typeof value === "string" ? [[`GITHUB_${name.toUpperCase()}`, value]] : [],
    ),
  );
}

function indented(text: string): string {
  return text
    .trimEnd()
    .split("\n")
    .map((line) => `    ${line}`)
    .join("\n");
}

function masked(text: string, secrets: readonly string[]): string {
  return secrets
    .filter((secret) => secret !== "")
    .reduce((line, secret) => line.replaceAll(secret, "***"), text);
}

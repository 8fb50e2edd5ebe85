import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { isTrue, type Scope, type Value } from "./expression.ts";
import { runJob, type JobResult, type JobRun } from "./job.ts";
import { inputsFor, startsOn, type TriggerEvent } from "./trigger.ts";
import { parseWorkflow, type Job, type Workflow } from "./workflow.ts";

/** What GitHub would keep for the repository. */
export interface RepositorySettings {
  readonly secrets: Readonly<Record<string, string>>;
  readonly vars: Readonly<Record<string, string>>;
  readonly environments: Readonly<Record<string, EnvironmentSettings>>;
}

interface EnvironmentSettings {
  readonly secrets: Readonly<Record<string, string>>;
  readonly vars?: Readonly<Record<string, string>>;
  /** Whether a person must approve each job that uses it. */
  readonly protected?: boolean;
}

export interface WorkflowRun {
  readonly file: string;
  readonly event: TriggerEvent;
  /** What jobs check out: a path or URL that git can fetch from. */
  readonly repository: string;
  readonly sha: string;
  readonly settings: RepositorySettings;
  /** Asked before a job that uses a protected environment starts. */
  readonly approve: (request: { readonly environment: string; readonly job: string }) => Promise<boolean>;
  readonly machine: Readonly<Record<string, string>>;
  readonly substitutions?: ReadonlyMap<string, string>;
  readonly skippedSteps?: ReadonlySet<string>;
  readonly log: (line: string) => void;
}

export interface WorkflowResult {
  readonly conclusion: "success" | "failure" | "skipped";
  readonly reason: string;
  /** By job id, in the order in which they ran. */
  readonly jobs: Readonly<Record<string, JobResult>>;
}

/** Runs a workflow file for an event, job after job in the order of their needs. */
export async function runWorkflow(run: WorkflowRun): Promise<WorkflowResult> {
  const workflow = parseWorkflow(run.file, readFileSync(run.file, "utf8"));
  const { starts, reason } = startsOn(workflow, run.event);
  if (!starts) return { conclusion: "skipped", reason, jobs: {} };
  const inputs = inputsFor(workflow, run.event);
  const artifactsDir = mkdtempSync(join(tmpdir(), "workflow-artifacts-"));
  const results: Record<string, JobResult> = {};
  try {
    for (const id of ordered(workflow.jobs)) {
      const job = workflow.jobs[id];
      if (job !== undefined)
        results[id] = await runOrSkip(run, workflow, { id, job, results, artifactsDir, inputs });
    }
  } finally {
    rmSync(artifactsDir, { recursive: true, force: true });
  }
  const failed = Object.values(results).some(({ conclusion }) => conclusion === "failure");
  return { conclusion: failed ? "failure" : "success", reason, jobs: results };
}

interface JobTurn {
  readonly id: string;
  readonly job: Job;
  readonly results: Readonly<Record<string, JobResult>>;
  readonly artifactsDir: string;
  readonly inputs: Readonly<Record<string, string>>;
}

async function runOrSkip(
  run: WorkflowRun,
  workflow: Workflow,
  { id, job, results, artifactsDir, inputs }: JobTurn,
): Promise<JobResult> {
  const contexts = contextsOf(run, workflow, { job, results, inputs });
  const skipped = await reasonToSkip(run, { id, job, results, contexts });
  run.log(`${job.name ?? id}${skipped === undefined ? "" : `: skipped, ${skipped}`}`);
  if (skipped !== undefined)
    return {
      name: job.name ?? id,
      conclusion: "skipped",
      reason: skipped,
      steps: [],
      outputs: {},
      summary: "",
    };
  const jobRun: JobRun = {
    id,
    job,
    contexts,
    machine: run.machine,
    workflowEnv: workflow.env,
    repository: run.repository,
    sha: run.sha,
    artifactsDir,
    substitutions: run.substitutions ?? new Map(),
    skippedSteps: run.skippedSteps ?? new Set(),
    secrets: Object.values(secretsOf(run.settings, job)),
    log: run.log,
  };
  return runJob(jobRun);
}

/** Why a job doesn't run; undefined when it does. */
async function reasonToSkip(
  run: WorkflowRun,
  {
    id,
    job,
    results,
    contexts,
  }: Omit<JobTurn, "artifactsDir" | "inputs"> & { readonly contexts: Readonly<Record<string, Value>> },
): Promise<string | undefined> {
  const needed = job.needs.map((name) => results[name]?.conclusion ?? "skipped");
  const scope: Scope = {
    contexts,
    functions: {
      success: () => needed.every((conclusion) => conclusion === "success"),
      failure: () => needed.includes("failure"),
      always: () => true,
      cancelled: () => false,
    },
  };
  const condition = job.if ?? "success()";
  const asks = /\b(?:success|failure|always|cancelled)\(\)/u.test(condition);
  if (!asks && !isTrue("success()", scope)) return "a job that it needs did not succeed";
  if (!isTrue(condition, scope))
    return job.if === undefined ? "a job that it needs did not succeed" : "its condition is false";
  const environment = job.environment?.name;
  if (environment === undefined || run.settings.environments[environment]?.protected !== true)
    return undefined;
  const approved = await run.approve({ environment, job: id });
  return approved ? undefined : `the environment ${environment} was not approved`;
}

function contextsOf(
  run: WorkflowRun,
  workflow: Workflow,
  { job, results, inputs }: Pick<JobTurn, "job" | "results" | "inputs">,
): Readonly<Record<string, Value>> {
  const { event, sha, settings } = run;
  const needs = job.needs.map(
    (name) =>
      [
        name,
        { result: results[name]?.conclusion ?? "skipped", outputs: results[name]?.outputs ?? {} },
      ] as const,
  );
  const vars = { ...settings.vars, ...settings.environments[job.environment?.name ?? ""]?.vars };
  return {
    github: {
      event_name: event.name,
      event: event.name === "workflow_dispatch" ? { inputs } : {},
      ref: `refs/heads/${event.branch}`,
      ref_name: event.branch,
      sha,
      workflow: workflow.name ?? "",
      actor: "developer",
      repository: "local/repository",
      server_url: "http://localhost",
      run_id: "1",
      run_number: "1",
      run_attempt: "1",
    },
    secrets: secretsOf(settings, job),
    vars,
    needs: Object.fromEntries(needs),
    inputs,
  };
}

/** A job sees the secrets of its environment before the repository's. */
function secretsOf(settings: RepositorySettings, { environment }: Job): Readonly<Record<string, string>> {
  return { ...settings.secrets, ...settings.environments[environment?.name ?? ""]?.secrets };
}

/** Job ids so that each comes after those it needs. */
function ordered(jobs: Workflow["jobs"]): readonly string[] {
  const done: string[] = [];
  const visit = (id: string, path: readonly string[]): void => {
    if (done.includes(id)) return;
    if (path.includes(id)) throw new Error(`jobs need each other: ${[...path, id].join(" → ")}`);
    for (const needed of jobs[id]?.needs ?? []) visit(needed, [...path, id]);
    done.push(id);
  };
  for (const id of Object.keys(jobs)) visit(id, []);
  return done;
}

export { WorkflowError } from "./errors.ts";
export type { JobResult, StepResult } from "./job.ts";
export { runWorkflow, type RepositorySettings, type WorkflowResult, type WorkflowRun } from "./run.ts";
export { startsOn, type TriggerEvent } from "./trigger.ts";
export { parseWorkflow, type Job, type Step, type Workflow } from "./workflow.ts";

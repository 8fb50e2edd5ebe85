import { WorkflowError } from "./errors.ts";
import type { Workflow } from "./workflow.ts";

/** What happened on GitHub. */
export interface TriggerEvent {
  readonly name: "push" | "pull_request" | "workflow_dispatch";
  readonly branch: string;
  /** What a person gives a workflow that is started by hand. */
  readonly inputs?: Readonly<Record<string, string>>;
}

/** Whether an event starts a workflow, and a sentence that says why. */
export function startsOn(
  { on }: Workflow,
  event: TriggerEvent,
): { readonly starts: boolean; readonly reason: string } {
  if (!Object.hasOwn(on, event.name))
    return { starts: false, reason: `the workflow doesn't run on ${event.name}` };
  const filter = event.name === "workflow_dispatch" ? null : on[event.name];
  const only = filter?.branches;
  if (only !== undefined && !only.some((pattern) => matchesBranch(pattern, event.branch))) {
    return { starts: false, reason: `${event.name} runs on ${only.join(", ")}, not on ${event.branch}` };
  }
  const ignored = filter?.["branches-ignore"]?.find((pattern) => matchesBranch(pattern, event.branch));
  if (ignored !== undefined) return { starts: false, reason: `${event.name} ignores ${ignored}` };
  return { starts: true, reason: `${event.name} on ${event.branch}` };
}

/**
 * The inputs that jobs see: what was given, otherwise the defaults. None where the workflow wasn't started by hand.
 * @throws {WorkflowError} USAGE for one that the workflow doesn't declare, and for one that it needs and wasn't given
 */
export function inputsFor({ on }: Workflow, event: TriggerEvent): Readonly<Record<string, string>> {
  const given = event.inputs ?? {};
  const declared = event.name === "workflow_dispatch" ? (on.workflow_dispatch?.inputs ?? {}) : {};
  const unknown = Object.keys(given).find((name) => !Object.hasOwn(declared, name));
  if (unknown !== undefined) throw wrongInput(`${event.name} has no input "${unknown}"`, declared);
  const inputs = Object.entries(declared).map(
    ([name, input]) => [name, given[name] ?? input.default ?? "", input.required] as const,
  );
  const missing = inputs.find(([, value, required]) => required && value === "");
  if (missing !== undefined) throw wrongInput(`the input "${missing[0]}" is needed`, declared);
  return Object.fromEntries(inputs);
}

function wrongInput(what: string, declared: Readonly<Record<string, unknown>>): WorkflowError {
  const names = Object.keys(declared);
  return new WorkflowError({
    code: "USAGE",
    message: `The workflow can't be started: ${what}.`,
    hint: names.length === 0 ? "It takes none." : `It takes: ${names.join(", ")}.`,
  });
}

/** `*` stands for anything within a path segment, `**` for anything. */
function matchesBranch(pattern: string, branch: string): boolean {
  const source = pattern
    .replaceAll(/[.+^$()|[\]{}\\?]/gu, String.raw`\$&`)
    .replaceAll("**", "\0")
    .replaceAll("*", "[^/]*")
    .replaceAll("\0", ".*");
  return new RegExp(`^${source}$`, "u").test(branch);
}

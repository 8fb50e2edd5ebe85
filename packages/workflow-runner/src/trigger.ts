import type { Workflow } from "./workflow.ts";

/** What happened on GitHub. */
export interface TriggerEvent {
  readonly name: "push" | "pull_request" | "workflow_dispatch";
  readonly branch: string;
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

/** `*` stands for anything within a path segment, `**` for anything. */
function matchesBranch(pattern: string, branch: string): boolean {
  const source = pattern
    .replaceAll(/[.+^$()|[\]{}\\?]/gu, String.raw`\$&`)
    .replaceAll("**", "\0")
    .replaceAll("*", "[^/]*")
    .replaceAll("\0", ".*");
  return new RegExp(`^${source}$`, "u").test(branch);
}

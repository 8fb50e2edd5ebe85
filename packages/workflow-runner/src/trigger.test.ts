import { expect, test } from "vitest";
import { startsOn } from "./trigger.ts";
import { parseWorkflow } from "./workflow.ts";

const workflow = parseWorkflow(
  "w.yml",
  "on: { push: { branches: [main, 'release/*'] }, workflow_dispatch: }\njobs: {}",
);

test.each([
  ["push", "main", true],
  ["push", "release/1", true],
  ["push", "release/1/a", false],
  ["push", "master", false],
  ["workflow_dispatch", "anything", true],
  ["pull_request", "main", false],
] as const)("%s on %s starts it: %s", (name, branch, starts) => {
  expect(startsOn(workflow, { name, branch }).starts).toBe(starts);
});

test("a push that starts nothing says why", () => {
  expect(startsOn(workflow, { name: "push", branch: "master" }).reason).toBe(
    "push runs on main, release/*, not on master",
  );
});

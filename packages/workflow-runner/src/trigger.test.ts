import { describe, expect, test } from "vitest";
import { inputsFor, startsOn } from "./trigger.ts";
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

describe("inputs of a start by hand", () => {
  const asking = parseWorkflow(
    "w.yml",
    "on: { push: , workflow_dispatch: { inputs: { why: { type: string }, where: { required: true, default: here } } } }\njobs: {}",
  );
  const dispatch = (inputs: Readonly<Record<string, string>>) =>
    inputsFor(asking, { name: "workflow_dispatch", branch: "main", inputs });

  test("are what was given, otherwise the defaults", () => {
    expect(dispatch({})).toEqual({ why: "", where: "here" });
    expect(dispatch({ why: "it's ${urgent}", where: "there" })).toEqual({
      why: "it's ${urgent}",
      where: "there",
    });
  });

  test("are none of another event", () => {
    expect(inputsFor(asking, { name: "push", branch: "main" })).toEqual({});
  });

  test.each([
    [{ whom: "me" }, 'no input "whom"'],
    [{ where: "" }, 'the input "where" is needed'],
  ])("%j are refused, and why is said", (inputs, what) => {
    expect(() => dispatch(inputs)).toThrow(what);
  });

  test("are refused of an event that takes none", () => {
    const push = { name: "push", branch: "main", inputs: { why: "…" } } as const;

    expect(() => inputsFor(asking, push)).toThrow('push has no input "why"');
  });
});

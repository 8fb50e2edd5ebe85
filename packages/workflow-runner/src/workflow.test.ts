import { expect, test } from "vitest";
import { parseWorkflow } from "./workflow.ts";

const job = (steps: string, extra = "") =>
  `on: { push: }\njobs:\n  one:\n    runs-on: ubuntu-24.04\n${extra}    steps:\n${steps}`;

test("a workflow is read with its defaults", () => {
  const { jobs } = parseWorkflow("w.yml", job("      - run: echo", "    concurrency: group\n"));

  expect(jobs["one"]).toMatchObject({
    needs: [],
    concurrency: { group: "group", "cancel-in-progress": false },
  });
});

test.each([
  [job("      - { run: echo, uses: a/b@c }"), "a step has either uses or run"],
  [job("      - { run: echo, matrix: 1 }"), 'Unrecognized key: "matrix"'],
  [job("      - run: echo", "    needs: other\n"), 'there is no job "other"'],
  ["on: { workflow_dispatch: { inputs: { a: { type: choice } } } }\njobs: {}", "inputs.a.type"],
  ["on: { push: }\njobs: [", "w.yml"],
])("what the runner doesn't understand is refused", (text, what) => {
  expect(() => parseWorkflow("w.yml", text)).toThrow(what);
});

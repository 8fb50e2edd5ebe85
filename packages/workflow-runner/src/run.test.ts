import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import process from "node:process";
import { describe, expect, test } from "vitest";
import { runWorkflow, type WorkflowRun } from "./run.ts";

function git(cwd: string, ...args: string[]): string {
  return execFileSync("git", ["-c", "user.name=t", "-c", "user.email=t@localhost", ...args], {
    cwd,
    encoding: "utf8",
  }).trim();
}

/** A repository with a workflow file and other files, and what a run of it needs. */
function repository(
  workflow: string,
  files: Readonly<Record<string, string>> = {},
): WorkflowRun & { readonly lines: readonly string[] } {
  const folder = mkdtempSync(join(tmpdir(), "workflow-test-"));
  git(folder, "init", "--quiet");
  for (const [path, text] of Object.entries({ ...files, "workflow.yml": workflow })) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  git(folder, "add", "--all");
  git(folder, "commit", "--quiet", "-m", "one");
  const lines: string[] = [];
  return {
    file: join(folder, "workflow.yml"),
    event: { name: "push", branch: "main" },
    repository: folder,
    sha: git(folder, "rev-parse", "HEAD"),
    settings: { secrets: {}, vars: {}, environments: {} },
    approve: async () => false,
    machine: { PATH: process.env["PATH"] ?? "" },
    log: (line) => lines.push(line),
    lines,
  };
}

const oneJob = (steps: string, extra = "") =>
  `on: { push: { branches: [main] } }\njobs:\n  one:\n    runs-on: ubuntu-24.04\n${extra}    steps:\n${steps}`;

describe("a job", () => {
  test("starts in an empty folder with an empty environment", async () => {
    const run = repository(
      oneJob(
        '      - { id: look, run: \'echo "files=$(ls -A | wc -l)" >> $GITHUB_OUTPUT; echo "user=$USER$EDITOR$LOGNAME" >> $GITHUB_OUTPUT\' }',
        "    outputs: { files: '${{ steps.look.outputs.files }}', user: '${{ steps.look.outputs.user }}' }\n",
      ),
    );

    const { jobs } = await runWorkflow(run);

    expect(jobs["one"]).toMatchObject({ conclusion: "success", outputs: { files: "0", user: "" } });
  });

  test("checks out the commit that it runs for", async () => {
    const run = repository(
      oneJob('      - uses: actions/checkout@v7\n      - run: test "$(cat a.txt)" = hello'),
      { "a.txt": "hello" },
    );

    expect((await runWorkflow(run)).conclusion).toBe("success");
  });

  test("stops at the first step that fails, and runs what asks for failures", async () => {
    const run = repository(
      oneJob(
        "      - run: exit 4\n      - { name: later, run: 'true' }\n      - { name: clean, if: always(), run: 'true' }",
      ),
    );

    const { conclusion, jobs } = await runWorkflow(run);

    expect(conclusion).toBe("failure");
    expect(jobs["one"]?.steps.map((step) => step.conclusion)).toEqual(["failure", "skipped", "success"]);
    expect(jobs["one"]?.steps[0]?.reason).toBe("exit code 4");
  });

  test("goes on after a step that may fail", async () => {
    const run = repository(
      oneJob(
        "      - { id: a, run: exit 1, continue-on-error: true }\n      - run: test '${{ steps.a.outcome }}-${{ steps.a.conclusion }}' = failure-success",
      ),
    );

    expect((await runWorkflow(run)).conclusion).toBe("success");
  });

  test("never shows a secret in its log", async () => {
    const run = repository(
      oneJob("      - { env: { KEY: '${{ secrets.KEY }}' }, run: 'echo \"the key is $KEY\"' }"),
    );

    await runWorkflow({ ...run, settings: { ...run.settings, secrets: { KEY: "hush-hush" } } });

    expect(run.lines.join("\n")).toContain("the key is ***");
    expect(run.lines.join("\n")).not.toContain("hush-hush");
  });

  test("sees what a start by hand was given, and nothing of it after a push", async () => {
    const steps =
      "      - { env: { WHY: '${{ inputs.why }}', SAME: '${{ github.event.inputs.why }}' }, run: 'test \"$WHY$SAME\" = \"$EXPECTED\"' }";
    const run = repository(
      oneJob(steps).replace("on: {", "on: { workflow_dispatch: { inputs: { why: { type: string } } },"),
    );
    const conclusion = async (event: WorkflowRun["event"], expected: string) =>
      (await runWorkflow({ ...run, event, machine: { ...run.machine, EXPECTED: expected } })).conclusion;
    const branch = "main";

    const inputs = { why: "it's $(urgent)" };
    expect(await conclusion({ name: "workflow_dispatch", branch, inputs }, inputs.why.repeat(2))).toBe(
      "success",
    );
    expect(await conclusion({ name: "push", branch }, "")).toBe("success");
  });

  test("with an action that has no stand-in fails by name", async () => {
    const { jobs } = await runWorkflow(repository(oneJob("      - uses: somebody/unknown@v1")));

    expect(jobs["one"]?.steps[0]?.reason).toContain("somebody/unknown");
  });
});

describe("artifacts", () => {
  const passing = (options: string) => `on: { push: }
jobs:
  make:
    runs-on: ubuntu-24.04
    steps:
      - run: mkdir -p .output/deep && echo x > .output/deep/a.txt
      - uses: actions/upload-artifact@v7
        with: { name: output, path: .output${options} }
  take:
    needs: make
    runs-on: ubuntu-24.04
    steps:
      - uses: actions/download-artifact@v8
        with: { name: output, path: got }
      - run: test -f got/deep/a.txt
`;

  test("leave hidden files out, as the real action does", async () => {
    const { jobs } = await runWorkflow(repository(passing(", if-no-files-found: error")));

    expect(jobs["make"]?.steps[1]?.reason).toContain("no files were found");
    expect(jobs["take"]).toMatchObject({
      conclusion: "skipped",
      reason: "a job that it needs did not succeed",
    });
  });

  test("take hidden files along when they are asked for", async () => {
    expect((await runWorkflow(repository(passing(", include-hidden-files: true")))).conclusion).toBe(
      "success",
    );
  });
});

describe("jobs that need others", () => {
  const chain = (name: string) => `on: { push: }
jobs:
  last:
    needs: [first]
    runs-on: ubuntu-24.04
    steps: [{ run: 'test "\${{ needs.first.outputs.${name} }}" = 42' }]
  first:
    runs-on: ubuntu-24.04
    outputs: { answer: '\${{ steps.a.outputs.answer }}' }
    steps: [{ id: a, run: 'echo answer=42 >> $GITHUB_OUTPUT' }]
`;

  test("run after them and read their outputs", async () => {
    const { conclusion, jobs } = await runWorkflow(repository(chain("answer")));

    expect({ conclusion, order: Object.keys(jobs) }).toEqual({
      conclusion: "success",
      order: ["first", "last"],
    });
  });

  test("fail when an output was renamed", async () => {
    expect((await runWorkflow(repository(chain("renamed")))).conclusion).toBe("failure");
  });
});

describe("a protected environment", () => {
  const workflow = oneJob(
    "      - run: test '${{ secrets.KEY }}' = production",
    "    environment: production\n",
  );
  const settings = {
    secrets: { KEY: "repository" },
    vars: {},
    environments: { production: { secrets: { KEY: "production" }, protected: true } },
  };

  test("keeps its job waiting until it is approved", async () => {
    const { jobs } = await runWorkflow({ ...repository(workflow), settings });

    expect(jobs["one"]).toMatchObject({
      conclusion: "skipped",
      reason: "the environment production was not approved",
    });
  });

  test("gives its own secrets to an approved job", async () => {
    const { conclusion } = await runWorkflow({
      ...repository(workflow),
      settings,
      approve: async () => true,
    });

    expect(conclusion).toBe("success");
  });
});

test("a push to another branch starts nothing, and says why", async () => {
  const run = repository(oneJob("      - run: 'true'"));

  expect(await runWorkflow({ ...run, event: { name: "push", branch: "master" } })).toEqual({
    conclusion: "skipped",
    reason: "push runs on main, not on master",
    jobs: {},
  });
});

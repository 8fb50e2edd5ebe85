import { chmodSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { commitEverything, temporaryFolder } from "testkit";
import { describe, expect, test } from "vitest";
import { OPTIONS } from "delivery/options";
import {
  parseWorkflow,
  runWorkflow,
  startsOn,
  type TriggerEvent,
  type WorkflowResult,
} from "workflow-runner";
import delivery from "../../delivery.config.ts";

const FILE = new URL("../../.github/workflows/deploy.yml", import.meta.url).pathname;
const TEXT = readFileSync(FILE, "utf8");
const workflow = parseWorkflow(FILE, TEXT);

describe("a push", () => {
  test.each([
    ["main", true],
    ["master", false],
    ["feature/main", false],
  ])("to %s starts a delivery: %s", (branch, starts) => {
    expect(startsOn(workflow, { name: "push", branch }).starts).toBe(starts);
  });
});

describe("deploy.yml", () => {
  test("delivers to each environment in a queue of its own, and never cuts a delivery off", () => {
    const queues = ["deploy-staging", "deploy-production"].map((id) => workflow.jobs[id]?.concurrency);

    expect(queues).toEqual([
      { group: "deliver-staging", "cancel-in-progress": false },
      { group: "deliver-production", "cancel-in-progress": false },
    ]);
  });

  test("leaves production's job room for the soaks that production has by default", () => {
    const soaks = 2 * 10;

    expect(workflow.jobs["deploy-production"]?.["timeout-minutes"]).toBeGreaterThan(2 * soaks);
  });

  test("pins every action to a commit", () => {
    const used = Object.values(workflow.jobs).flatMap(({ steps }) => steps.flatMap(({ uses }) => uses ?? []));

    expect(used.length).toBeGreaterThan(0);
    expect(used.filter((uses) => !/@[0-9a-f]{40}$/u.test(uses))).toEqual([]);
  });
});

describe("deploy.yml, executed with stand-ins for its slow commands", () => {
  test("passes as it stands", async () => {
    expect(summary(await execute(TEXT))).toEqual({
      "test-and-build": "success",
      "deploy-staging": "success",
      "deploy-production": "success",
    });
  });

  test.each([
    [
      "an output of the build is renamed",
      "release: ${{ steps.build.outputs.release }}",
      "published: ${{ steps.build.outputs.release }}",
    ],
    ["a step's id is renamed", "id: build", "id: compile"],
    [
      "an artifact is renamed where it is kept",
      "name: release\n          path: .delivery/releases/${{",
      "name: archive\n          path: .delivery/releases/${{",
    ],
    ["hidden files are not asked for", "include-hidden-files: true", "include-hidden-files: false"],
    ["the path of the release changes", "path: .delivery/releases/${{", "path: .delivery/built/${{"],
    ["a secret is renamed", "${{ secrets.BETTER_AUTH_SECRET }}", "${{ secrets.AUTH_SECRET }}"],
    ["a variable of the delivery is renamed", "DIRECT_DATABASE_URL: ${{", "MIGRATION_DATABASE_URL: ${{"],
    [
      "the account is forgotten",
      "CLOUDFLARE_ACCOUNT_ID: ${{ vars.CLOUDFLARE_ACCOUNT_ID }}",
      "CLOUDFLARE_ACCOUNT: ${{ vars.CLOUDFLARE_ACCOUNT_ID }}",
    ],
    ["another environment is named", "name: staging\n", "name: stage\n"],
  ])("turns red when %s", async (_what, from, to) => {
    expect(TEXT).toContain(from);

    expect(Object.values(summary(await execute(TEXT.replaceAll(from, to))))).toContain("failure");
  });

  test("waits for the approval of production", async () => {
    expect(summary(await execute(TEXT, { approve: false }))).toEqual({
      "test-and-build": "success",
      "deploy-staging": "success",
      "deploy-production": "skipped",
    });
  });
});

describe("deploy.yml, started by hand", () => {
  const REASON = `it's "slow"; touch x $(touch y) \`touch z\` --yes *`;

  /** What the two deliveries were run with. */
  async function asked(event: TriggerEvent): Promise<readonly (readonly string[])[]> {
    const folder = temporaryFolder("asked");
    const stub = `#!/bin/sh\nprintf '%s\\0' "$@" > '${folder}'/"$2"\n`;
    const result = await execute(TEXT, { event, npx: stub });
    expect(Object.values(summary(result))).toEqual(["success", "success", "success"]);
    return ["deploy", "promote"].map((verb) => {
      const words = readFileSync(join(folder, verb), "utf8").split("\0");
      return words.slice(0, -1);
    });
  }

  test("hands a reason on as one word, to the deliveries that it concerns", async () => {
    const inputs = { older: REASON, "allow-contract": "all use the new column" };

    expect(await asked({ name: "workflow_dispatch", branch: "main", inputs })).toEqual([
      ["delivery", "deploy", "staging", "--release", RELEASE, "--allow-contract=all use the new column"],
      [
        ...["delivery", "promote", "production", "--release", RELEASE],
        ...[`--older=${REASON}`, "--allow-contract=all use the new column"],
      ],
    ]);
  });

  test("overrides nothing without a reason, nor does a push", async () => {
    const plain = [
      ["delivery", "deploy", "staging", "--release", RELEASE],
      ["delivery", "promote", "production", "--release", RELEASE],
    ];

    expect(await asked({ name: "workflow_dispatch", branch: "main" })).toEqual(plain);
    expect(await asked({ name: "push", branch: "main" })).toEqual(plain);
  });

  test("takes a reason for each rule that a delivery overrides, and has none of them in a script", () => {
    const names = Object.keys(workflow.on.workflow_dispatch?.inputs ?? {});
    const steps = Object.values(workflow.jobs).flatMap(({ steps: all }) => all);

    for (const name of names) expect(OPTIONS).toHaveProperty([name, "value"], "REASON");
    expect(names).toEqual(["older", "allow-contract", "during-freeze", "roll-forward"]);
    for (const { run = "" } of steps) expect(run).not.toMatch(/\$\{\{\s*(?:inputs|github\.event)/u);
  });
});

const RELEASE = "r-20260101T000000Z-0000000";

/** What the delivery commands need, told by programs of the same names that look for it. */
const STAND_INS: Readonly<Record<string, string>> = {
  "npm ci": "true",
  "npm run check": "true",
  "npm test": "true",
  'echo "release=$(npx delivery release build)" >> "$GITHUB_OUTPUT"': `mkdir -p .delivery/releases && touch .delivery/releases/${RELEASE}.tar .delivery/releases/${RELEASE}.json && echo "release=${RELEASE}" >> "$GITHUB_OUTPUT"`,
  "npm run security": "true",
  [lineOf("Deliver to staging")]: "delivers staging",
  'npm run smoke -- staging "$RELEASE"': `test "$RELEASE" = ${RELEASE}`,
  [lineOf("Promote to production")]: "delivers production",
  'npm run smoke -- production "$RELEASE"': `test "$RELEASE" = ${RELEASE}`,
  "npx delivery tag production": "true",
};

function lineOf(step: string): string {
  const all = Object.values(workflow.jobs).flatMap(({ steps }) => steps);
  return all.find(({ name }) => name === step)?.run ?? "";
}

const secretNames = Object.keys(delivery.secrets ?? {});

/** Fails unless it has the release, and every variable with the value of the environment that it delivers to. */
const DELIVERS = `#!/bin/sh
set -eu
test -f ".delivery/releases/$RELEASE.tar"
test -n "$CLOUDFLARE_API_TOKEN" && test -n "$CLOUDFLARE_ACCOUNT_ID" && test -n "$DELIVERY_FINGERPRINT_KEY"
for name in DIRECT_DATABASE_URL ${secretNames.join(" ")}; do
  eval "value=\\\${$name:-}"
  test "$value" = "$name of $1" || { echo "$name is $value" >&2; exit 1; }
done
`;

async function execute(
  text: string,
  {
    approve = true,
    event = { name: "push", branch: "main" },
    npx,
  }: {
    readonly approve?: boolean;
    readonly event?: TriggerEvent;
    /** The program that runs the two deliveries, instead of what stands in for them. */
    readonly npx?: string;
  } = {},
): Promise<WorkflowResult> {
  const repository = temporaryFolder("deploy-yml");
  mkdirSync(join(repository, "bin"));
  const file = join(repository, "deploy.yml");
  writeFileSync(file, text);
  const program = join(repository, "bin", "delivers");
  writeFileSync(program, DELIVERS);
  chmodSync(program, 0o755);
  if (npx !== undefined) writeFileSync(join(repository, "bin", "npx"), npx, { mode: 0o755 });
  const sha = commitEverything(repository, "one");
  const secretsOf = (environment: string) =>
    Object.fromEntries(
      ["DIRECT_DATABASE_URL", ...secretNames].map((name) => [name, `${name} of ${environment}`]),
    );
  return runWorkflow({
    file,
    event,
    repository,
    sha,
    settings: {
      secrets: { CLOUDFLARE_API_TOKEN: "token", DELIVERY_FINGERPRINT_KEY: "key" },
      vars: { CLOUDFLARE_ACCOUNT_ID: "account" },
      environments: {
        staging: { secrets: secretsOf("staging") },
        production: { secrets: secretsOf("production"), protected: true },
      },
    },
    approve: async () => approve,
    machine: { PATH: `${join(repository, "bin")}:${process.env["PATH"]}` },
    substitutions: new Map(
      Object.entries(STAND_INS).filter(
        ([, instead]) => npx === undefined || !instead.startsWith("delivers "),
      ),
    ),
    log: () => undefined,
  });
}

function summary({ jobs }: WorkflowResult): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(jobs).map(([id, { conclusion }]) => [id, conclusion]));
}

import { chmodSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { commitEverything, temporaryFolder } from "testkit";
import { describe, expect, test } from "vitest";
import { parseWorkflow, runWorkflow, startsOn, type WorkflowResult } from "workflow-runner";
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

const RELEASE = "r-20260101T000000Z-0000000";

/** What the delivery commands need, told by programs of the same names that look for it. */
const STAND_INS: Readonly<Record<string, string>> = {
  "npm ci": "true",
  "npm run check": "true",
  "npm test": "true",
  'echo "release=$(npx delivery release build)" >> "$GITHUB_OUTPUT"': `mkdir -p .delivery/releases && touch .delivery/releases/${RELEASE}.tar .delivery/releases/${RELEASE}.json && echo "release=${RELEASE}" >> "$GITHUB_OUTPUT"`,
  "npm run security": "true",
  'npx delivery deploy staging --release "$RELEASE"': "delivers staging",
  'npm run smoke -- staging "$RELEASE"': `test "$RELEASE" = ${RELEASE}`,
  'npx delivery promote production --release "$RELEASE"': "delivers production",
  'npm run smoke -- production "$RELEASE"': `test "$RELEASE" = ${RELEASE}`,
  "npx delivery tag production": "true",
};

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
  { approve = true }: { readonly approve?: boolean } = {},
): Promise<WorkflowResult> {
  const repository = temporaryFolder("deploy-yml");
  mkdirSync(join(repository, "bin"));
  const file = join(repository, "deploy.yml");
  writeFileSync(file, text);
  const program = join(repository, "bin", "delivers");
  writeFileSync(program, DELIVERS);
  chmodSync(program, 0o755);
  const sha = commitEverything(repository, "one");
  const secretsOf = (environment: string) =>
    Object.fromEntries(
      ["DIRECT_DATABASE_URL", ...secretNames].map((name) => [name, `${name} of ${environment}`]),
    );
  return runWorkflow({
    file,
    event: { name: "push", branch: "main" },
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
    substitutions: new Map(Object.entries(STAND_INS)),
    log: () => undefined,
  });
}

function summary({ jobs }: WorkflowResult): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(jobs).map(([id, { conclusion }]) => [id, conclusion]));
}

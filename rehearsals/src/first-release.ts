import { join } from "node:path";
import { runWorkflow, type WorkflowResult } from "workflow-runner";
import { readStatus } from "./deliver.ts";
import type { EnvironmentReport } from "./report.ts";
import { HOSTS, type Stage } from "./stage.ts";

/**
 * Steps that a rehearsal leaves out: they check the project itself, as `npm run check` and `npm test` do on their own, and
 * a test that runs this rehearsal can't be run by it.
 */
const LEFT_OUT = ["Code quality", "Testing"];

/** Delivers the project as it stands to both environments, by the workflow file that GitHub would run. */
export async function deliverFirstRelease(stage: Stage): Promise<EnvironmentReport> {
  const result = await stage.step("The workflow file runs: build, staging, approval, production", () =>
    execute(stage),
  );
  if (result.conclusion !== "success") throw new Error(`deploy.yml: ${describe(result)}`);
  const [staging, production] = await Promise.all([
    readStatus(stage, "staging"),
    readStatus(stage, "production"),
  ]);
  if (staging.release !== production.release || staging.digest !== production.digest) {
    throw new Error(`staging serves ${staging.release}, production ${production.release}`);
  }
  stage.narrator.say(
    `both environments serve ${production.release}, the same bytes: sha256 ${production.digest.slice(0, 16)}…`,
  );
  return production;
}

async function execute(stage: Stage): Promise<WorkflowResult> {
  const { source, world, narrator, options } = stage;
  return runWorkflow({
    file: join(source.folder, ".github", "workflows", "deploy.yml"),
    event: { name: "push", branch: "main" },
    repository: source.folder,
    sha: source.commit,
    settings: {
      secrets: {
        CLOUDFLARE_API_TOKEN: world.sharedEnv["CLOUDFLARE_API_TOKEN"] ?? "",
        DELIVERY_FINGERPRINT_KEY: world.sharedEnv["DELIVERY_FINGERPRINT_KEY"] ?? "",
      },
      vars: { CLOUDFLARE_ACCOUNT_ID: world.ready.accountId },
      environments: {
        staging: { secrets: world.secrets.staging },
        production: { secrets: world.secrets.production, protected: true },
      },
    },
    approve: async ({ environment }) => {
      stage.startLoad("staging");
      narrator.say(`approved for ${environment}, as a reviewer would: ${HOSTS.staging} is proven`);
      return true;
    },
    machine: world.machineEnv,
    // The dependencies are installed already; each job gets them by a link instead of by its own download.
    substitutions: new Map([["npm ci", `ln -s '${join(options.project, "node_modules")}' node_modules`]]),
    skippedSteps: new Set(LEFT_OUT),
    log: (line) => narrator.quote(line),
  });
}

function describe({ jobs }: WorkflowResult): string {
  const failed = Object.values(jobs).flatMap((job) =>
    job.steps
      .filter(({ conclusion }) => conclusion === "failure")
      .map(({ name, reason }) => `${job.name}: ${name}: ${reason}`),
  );
  return failed.join("; ") || "a job did not run";
}

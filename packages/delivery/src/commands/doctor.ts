import { askGitHub } from "../adapters/ask-api.ts";
import { openGit } from "../adapters/git.ts";
import { readWorkflow } from "../adapters/workflow-file.ts";
import type { Settings } from "../config/load.ts";
import { targetOf, type Context, type Target } from "../context.ts";
import { judgeUrls, judgeWorkflow } from "../doctor/environments.ts";
import { judgeReviewers, platformNotes, type Finding } from "../doctor/finding.ts";
import { TOKEN_SCOPES } from "../doctor/permission.ts";
import { DeliveryError } from "../errors.ts";
import { secretsForWorker } from "../secrets/contract.ts";
import { examineCloudflare } from "./doctor-cloudflare.ts";

/** Looks at everything that a delivery needs, changes nothing, and says what is missing. */
export async function doctor(context: Context): Promise<readonly Finding[]> {
  const { settings } = context;
  const names = Object.keys(settings.configuration.environments);
  const targets = names.map((name) => targetOf(context, name));
  const found: Finding = {
    area: "configuration",
    state: "ok",
    sentence: `delivery.config.ts and wrangler's configuration know ${names.join(", ")}`,
  };
  return [
    found,
    ...judgeUrls(new Map(targets.map(({ name, configuration }) => [name, configuration.url]))),
    ...variables(settings),
    ...(await examineCloudflare(context, targets)),
    await ledger(settings),
    ...(await approvals(settings, targets)),
    ...platformNotes({ splits: targets.some(isSplit) }),
  ];
}

function isSplit({ configuration: { rollout } }: Target): boolean {
  return rollout.steps.some((step) => step > 0 && step < 100);
}

function variables({
  cloudflare: { apiToken, accountId },
  fingerprintKey,
  ...settings
}: Settings): readonly Finding[] {
  const given = [
    ["CLOUDFLARE_API_TOKEN", apiToken, `My Profile → API Tokens. ${TOKEN_SCOPES}`],
    ["CLOUDFLARE_ACCOUNT_ID", accountId, "Cloudflare's dashboard → Workers & Pages"],
    ["DELIVERY_FINGERPRINT_KEY", fingerprintKey, "openssl rand -hex 32, the same for CI and operators"],
  ] as const;
  const own = given.map(([name, value, remedy]): Finding => {
    const sentence = `${name} is ${value === undefined ? "not set" : "set"}`;
    return value === undefined
      ? { area: "variables", state: "missing", sentence, remedy }
      : { area: "variables", state: "ok", sentence };
  });
  const check = secretsForWorker(settings.configuration.secrets, settings.secrets);
  // An operator who only looks or rolls back has none of them; CI has one environment's.
  const secrets: Finding =
    check.kind === "ready"
      ? {
          area: "variables",
          state: "ok",
          sentence: presentContract(Object.keys(settings.configuration.secrets)),
        }
      : { area: "variables", state: "look", sentence: check.message, remedy: check.hint };
  return [...own, secrets];
}

function presentContract(names: readonly string[]): string {
  return names.length === 0
    ? "the contract names no secret"
    : "every secret of the contract is set and has its form";
}

/** A push that is only tried: the remote refuses it as it would a real one. */
async function ledger(settings: Settings): Promise<Finding> {
  const { remote } = settings.configuration.ledger;
  const area = "ledger";
  try {
    const { git } = await openGit(settings);
    const { exitCode } = await git(["push", "--dry-run", "--quiet", remote, "HEAD:refs/delivery/doctor"]);
    if (exitCode === 0) return { area, state: "ok", sentence: "the ledger's remote can be pushed to" };
  } catch (error) {
    if (!(error instanceof DeliveryError)) throw error;
  }
  return {
    area,
    state: "missing",
    sentence: "the ledger's remote can't be pushed to",
    remedy: "ledger.remote names it; in a workflow the job needs permissions: contents: write",
  };
}

/** Whoever approves has a workflow that waits, and reviewers. */
async function approvals(settings: Settings, targets: readonly Target[]): Promise<readonly Finding[]> {
  const approved = targets.filter(({ configuration }) => configuration.approval === "github");
  const found = approved.map(async ({ name, configuration: { workflow } }) => [
    judgeWorkflow(name, workflow, readWorkflow(settings.root, workflow)),
    judgeReviewers(name, await askGitHub(settings, `/environments/${name}`)),
  ]);
  return (await Promise.all(found)).flat();
}

import { join } from "node:path";
import { askAnalytics, askCloudflare } from "../adapters/ask-api.ts";
import { bucketsOf, readRawWorkerConfig } from "../adapters/worker-config.ts";
import type { Settings } from "../config/load.ts";
import type { Context, Target } from "../context.ts";
import { judgeBuckets, judgeDomains, type Finding, type Reply } from "../doctor/finding.ts";
import {
  ACCOUNT_SCOPE,
  judgeAnalytics,
  judgePermission,
  PERMISSIONS,
  TOKEN_SCOPES,
} from "../doctor/permission.ts";

const area = "Cloudflare";

/** What the account has of what a delivery needs, and what its token may; nothing where either isn't set. */
export async function examineCloudflare(
  context: Context,
  targets: readonly Target[],
): Promise<readonly Finding[]> {
  const { settings } = context;
  const account = settings.cloudflare.accountId;
  if (account === undefined || settings.cloudflare.apiToken === undefined) return [];
  const [token, owner, domains, buckets, zones] = await Promise.all([
    verifyToken(settings, account),
    ...[`/accounts/${account}`, ...PERMISSIONS.map(({ path }) => path(account))].map((path) =>
      askCloudflare(settings, path),
    ),
  ]);
  if (owner === undefined || !domains || !buckets || !zones) return [];
  const refused = refusal(settings, { token, owner, account });
  if (refused !== undefined) return [refused];
  const raw = readRawWorkerConfig(join(settings.root, settings.configuration.worker.config));
  const bound = targets.flatMap(({ configuration }) => bucketsOf(raw, configuration.workerEnv));
  const wanted = targets.flatMap(({ worker }) =>
    worker.triggers.domains.map((hostname) => ({ hostname, worker: worker.workerName })),
  );
  const replies = [domains, buckets, zones];
  return [
    { area, state: "ok", sentence: `the token acts on the account ${account}` },
    ...PERMISSIONS.map((permission, index) => judgePermission(permission, replies[index] ?? token)),
    ...(await analytics(context, targets)),
    ...judgeBuckets([...new Set([settings.configuration.releases.bucket, ...bound])], buckets),
    ...judgeDomains(wanted, { domains, zones }),
  ];
}

/** A token is a user's, or an account's own, which only the account knows. */
async function verifyToken(settings: Settings, account: string): Promise<Reply> {
  const asUsers = await askCloudflare(settings, "/user/tokens/verify");
  if (asUsers.status === 200 || asUsers.status === 0) return asUsers;
  const asAccounts = await askCloudflare(settings, `/accounts/${account}/tokens/verify`);
  return asAccounts.status === 200 ? asAccounts : asUsers;
}

/** Why nothing else can be asked. */
function refusal(
  { cloudflare }: Settings,
  { token, owner, account }: { readonly token: Reply; readonly owner: Reply; readonly account: string },
): Finding | undefined {
  const missing = (sentence: string, remedy: string): Finding => ({
    area,
    state: "missing",
    sentence,
    remedy,
  });
  if (token.status === 0)
    return missing(`${cloudflare.apiBaseUrl} doesn't answer`, "Is it running, and is the network up?");
  if (token.status !== 200)
    return missing("the token is refused", `Check CLOUDFLARE_API_TOKEN. It needs ${TOKEN_SCOPES}`);
  if (owner.status === 200) return undefined;
  return missing(
    `the token may not act on the account ${account}`,
    `Check CLOUDFLARE_ACCOUNT_ID, and give the token: ${ACCOUNT_SCOPE}`,
  );
}

/** Metrics are read where a soak is judged by them. */
async function analytics(
  { settings, clock }: Context,
  targets: readonly Target[],
): Promise<readonly Finding[]> {
  const soaked = targets.find(({ configuration: { rollout } }) => rollout.soakMs > 0);
  if (soaked === undefined) return [];
  const { status, refusal: reason } = await askAnalytics(settings, soaked.worker.workerName, clock.now());
  return [judgeAnalytics(status, reason)];
}

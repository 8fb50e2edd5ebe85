import type { Context, Target } from "../context.ts";
import type { LedgerEntry } from "../ledger/entry.ts";
import type { LedgerSession } from "../ledger-session.ts";
import { deploymentMessage } from "./execute.ts";
import { awaitDeployment, newestDeployment } from "./serving.ts";

/** Takes back a rollout that an earlier process left unfinished: its stable version gets all traffic again. */
export async function recoverOpenRollout(
  context: Context,
  target: Target,
  ledger: LedgerSession,
): Promise<void> {
  const { open } = ledger.state();
  if (open === undefined) return;
  const planned = open.entries.find(({ type }) => type === "planned");
  const releaseId = planned?.releaseId ?? "";
  context.reporter.say(`${target.name}: an unfinished rollout of ${releaseId} is taken back`);
  const stable = Object.keys(planned?.percentages ?? {})[0];
  if (stable !== undefined) await returnTo(context, target, { ledger, open: open.entries, stable });
  ledger.record({
    rolloutId: open.rolloutId,
    releaseId,
    type: "aborted",
    reason: "its process ended before it did",
  });
  await ledger.flush();
}

async function returnTo(
  context: Context,
  target: Target,
  {
    ledger,
    open,
    stable,
  }: { readonly ledger: LedgerSession; readonly open: readonly LedgerEntry[]; readonly stable: string },
): Promise<void> {
  const newest = await newestDeployment(context, target);
  if (newest?.versions.length === 1 && newest.versions[0]?.versionId === stable) return;
  const [planned] = open;
  const message = deploymentMessage(
    { releaseId: planned?.releaseId ?? "", rolloutId: planned?.rolloutId ?? "" },
    "abort",
    ledger.anchor(),
  );
  const shares = [{ versionId: stable, percentage: 100 }];
  const deployment = await context.platform.route(target.worker.workerName, shares, { message, force: true });
  await awaitDeployment(context, target, deployment.id);
}

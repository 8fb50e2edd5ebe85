import type { Context, Target } from "../context.ts";
import type { EnvironmentState } from "../ledger/fold.ts";
import type { NewEntry } from "../ledger/entry.ts";
import type { LedgerSession } from "../ledger-session.ts";
import { replay } from "../rollout/machine.ts";
import { ForeignDeployment, routeTraffic } from "./route.ts";
import { newestDeployment } from "./serving.ts";
import { restoreTriggers } from "./triggers.ts";

type OpenRollout = NonNullable<EnvironmentState["open"]>;

interface TakeBack {
  readonly ledger: LedgerSession;
  readonly reason: string;
}

/**
 * Takes back a rollout that another process left unfinished, if there is one: its stable version gets all traffic again, and
 * stable's triggers return where the candidate's may have been set.
 * @returns the release that was taken back
 */
export async function takeBack(
  context: Context,
  target: Target,
  { ledger, reason }: TakeBack,
): Promise<string | undefined> {
  const { open, current } = ledger.state();
  if (open === undefined) return undefined;
  const planned = open.entries.find(({ type }) => type === "planned");
  const releaseId = planned?.releaseId ?? "";
  context.reporter.say(`${target.name}: an unfinished rollout of ${releaseId} is taken back`);
  const stable = Object.keys(planned?.percentages ?? {})[0];
  const returned =
    stable === undefined ? {} : await returnTo(context, target, { ledger, open, releaseId, stable });
  if (replay(open.entries).passed === 100) {
    if (stable === undefined) await context.platform.clearTriggers(target.worker.workerName);
    else if (current !== undefined)
      await restoreTriggers(context, target, { releaseId: current.releaseId, left: releaseId });
  }
  ledger.record({ rolloutId: open.rolloutId, releaseId, type: "aborted", reason, ...returned });
  await ledger.flush();
  return releaseId;
}

interface Return {
  readonly ledger: LedgerSession;
  readonly open: OpenRollout;
  readonly releaseId: string;
  readonly stable: string;
}

async function returnTo(
  context: Context,
  target: Target,
  { ledger, open, releaseId, stable }: Return,
): Promise<Pick<NewEntry, "deploymentId" | "percentages">> {
  const percentages = { [stable]: 100 };
  const newest = await newestDeployment(context, target);
  if (newest?.versions.length === 1 && newest.versions[0]?.versionId === stable) return { percentages };
  const plan = { releaseId, rolloutId: open.rolloutId };
  const shares = [{ versionId: stable, percentage: 100 }];
  try {
    const deployment = await routeTraffic(context, target, { plan, ledger, shares, step: "abort" });
    return { deploymentId: deployment.id, percentages };
  } catch (error) {
    // What somebody else has put there is theirs: the rollout is over, and they decide.
    if (!(error instanceof ForeignDeployment)) throw error;
    context.reporter.say(`        ${error.message}`);
    return {};
  }
}

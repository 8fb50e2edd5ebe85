import type { Context, Target } from "../context.ts";
import { DeliveryError } from "../errors.ts";
import { refuseTakenDomains } from "./domain-conflict.ts";
import type { Release } from "../release/release.ts";
import { isComparable, leftBehind, triggerDifferences } from "../triggers/triggers.ts";
import { awaitAgreement } from "./serving.ts";

/**
 * Sets domains, schedules and other triggers to what a release declares, unless they are so already, and reads them back.
 * @throws {DeliveryError} STUCK when the platform doesn't come to agree.
 */
export async function applyTriggers(context: Context, target: Target, release: Release): Promise<void> {
  const { workerName } = target.worker;
  const request = { release, workerEnv: target.configuration.workerEnv };
  const declared = await context.uploader.declaredTriggers(request);
  const say = (line: string) => context.reporter.say(`        ${line}`);
  const differences = async () => triggerDifferences(declared, await context.platform.triggers(workerName));
  if (isComparable(declared) && (await differences()).length === 0) {
    say("domains and other triggers are as declared");
    return;
  }
  // Somebody may have been given one since the rollout began.
  await refuseTakenDomains(context, target, release);
  say("applying domains and other triggers");
  await applyOnce(context, request, async () =>
    isComparable(declared) ? differences() : ["unknown to delivery"],
  );
  await awaitAgreement(context, async () => {
    const remaining = await differences();
    return remaining.length === 0 ? undefined : disagreement(target, remaining);
  });
}

/** wrangler gives up at the first fault. What it sets is the same the second time. */
async function applyOnce(
  { uploader, reporter }: Context,
  request: Parameters<Context["uploader"]["applyTriggers"]>[0],
  remaining: () => Promise<readonly string[]>,
): Promise<void> {
  try {
    await uploader.applyTriggers(request);
  } catch (error) {
    if (!(error instanceof DeliveryError) || !error.retryable) throw error;
    if ((await remaining()).length === 0) return;
    reporter.say(`        ${error.message}: applying them once more`);
    await uploader.applyTriggers(request);
  }
}

/** A release that serves again, and the one that it takes the place of, by their ids. */
interface Restored {
  readonly releaseId: string;
  readonly left: string | undefined;
}

/**
 * As `applyTriggers`, for a release that serves again: what only the one before it declared is taken away. One whose archive
 * can't be had keeps the triggers that are set.
 * @returns the release, where its archive could be had
 */
export async function restoreTriggers(
  context: Context,
  target: Target,
  { releaseId, left }: Restored,
): Promise<Release | undefined> {
  const release = await archived(context, releaseId);
  if (release === undefined) return undefined;
  try {
    if (left !== undefined && left !== releaseId) await takeAway(context, target, { release, left });
    await applyTriggers(context, target, release);
  } catch (error) {
    // Whoever was given the domain since is not robbed of it.
    if (!(error instanceof DeliveryError) || error.code !== "DOMAIN_TAKEN") throw error;
    context.reporter.say(`        domains and other triggers stay as they are: ${error.message}`);
  }
  return release;
}

/** wrangler takes nothing away where nothing is declared. */
async function takeAway(
  context: Context,
  target: Target,
  { release, left }: { readonly release: Release; readonly left: string },
): Promise<void> {
  const { platform, uploader, reporter } = context;
  const { workerName } = target.worker;
  const { workerEnv } = target.configuration;
  const declared = await uploader.declaredTriggers({ release, workerEnv });
  if (declared.domains.length > 0 && declared.schedules !== undefined) return;
  const other = await archived(context, left);
  if (other === undefined) return;
  const behind = leftBehind(await uploader.declaredTriggers({ release: other, workerEnv }), declared);
  // Users reach the environment there, whoever has attached it.
  const { hostname } = new URL(target.configuration.url);
  const domains = behind.domains.filter((domain) => domain !== hostname);
  const { schedules } = behind;
  if (domains.length === 0 && !schedules) return;
  const what = [...domains, ...(schedules ? ["its schedules"] : [])].join(", ");
  reporter.say(`        taking away ${what}, which only ${left} declares`);
  await platform.clearDomains(workerName, domains);
  if (schedules) await platform.clearSchedules(workerName);
}

async function archived({ releases, reporter }: Context, releaseId: string): Promise<Release | undefined> {
  try {
    return await releases.fetch(releaseId);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    reporter.say(`        domains and other triggers were not looked at: ${reason}`);
    return undefined;
  }
}

function disagreement(target: Target, differences: readonly string[]): DeliveryError {
  return new DeliveryError({
    code: "STUCK",
    message: `${target.name}: wrangler set the triggers, but the platform has others: ${differences.join("; ")}.`,
    hint: `Someone else may be changing them. Look: npx delivery status ${target.name}, then deliver again.`,
  });
}

import type { Context, Target } from "../context.ts";
import { DeliveryError } from "../errors.ts";
import { refuseTakenDomains } from "./domain-conflict.ts";
import type { Release } from "../release/release.ts";
import { type Triggers, triggerDifferences } from "../triggers/triggers.ts";
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
  const differences = async (wanted: Triggers) =>
    triggerDifferences(wanted, await context.platform.triggers(workerName));
  if (declared !== undefined && (await differences(declared)).length === 0) {
    say("domains and other triggers are as declared");
    return;
  }
  // Somebody may have been given one since the rollout began.
  await refuseTakenDomains(context, target, release);
  say("applying domains and other triggers");
  await applyOnce(context, request, async () =>
    declared === undefined ? ["unknown to delivery"] : differences(declared),
  );
  if (declared === undefined) return;
  await awaitAgreement(context, async () => {
    const remaining = await differences(declared);
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

/** As `applyTriggers`, for a release that serves again. One whose archive can't be had keeps the triggers that are set. */
export async function restoreTriggers(context: Context, target: Target, releaseId: string): Promise<void> {
  let release: Release;
  try {
    release = await context.releases.fetch(releaseId);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    context.reporter.say(`        domains and other triggers were not looked at: ${reason}`);
    return;
  }
  try {
    await applyTriggers(context, target, release);
  } catch (error) {
    // Whoever was given the domain since is not robbed of it.
    if (!(error instanceof DeliveryError) || error.code !== "DOMAIN_TAKEN") throw error;
    context.reporter.say(`        domains and other triggers stay as they are: ${error.message}`);
  }
}

function disagreement(target: Target, differences: readonly string[]): DeliveryError {
  return new DeliveryError({
    code: "STUCK",
    message: `${target.name}: wrangler set the triggers, but the platform has others: ${differences.join("; ")}.`,
    hint: `Someone else may be changing them. Look: npx delivery status ${target.name}, then deliver again.`,
  });
}

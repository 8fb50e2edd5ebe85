import type { Context, Target } from "../context.ts";
import { DeliveryError } from "../errors.ts";
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
  say("applying domains and other triggers");
  await context.uploader.applyTriggers(request);
  if (declared === undefined) return;
  await awaitAgreement(context, async () => {
    const remaining = await differences(declared);
    return remaining.length === 0 ? undefined : disagreement(target, remaining);
  });
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
  await applyTriggers(context, target, release);
}

function disagreement(target: Target, differences: readonly string[]): DeliveryError {
  return new DeliveryError({
    code: "STUCK",
    message: `${target.name}: wrangler set the triggers, but the platform has others: ${differences.join("; ")}.`,
    hint: `Someone else may be changing them. Look: npx delivery status ${target.name}, then deliver again.`,
  });
}

import type { Context, Target } from "../context.ts";
import { DeliveryError } from "../errors.ts";
import type { Release } from "../release/release.ts";

/**
 * wrangler in CI takes a domain over from another Worker without asking, so it is asked beforehand who has it.
 * @throws {DeliveryError} DOMAIN_TAKEN; nothing has changed then.
 */
export async function refuseTakenDomains(
  { platform, uploader }: Context,
  { name, configuration: { workerEnv }, worker: { workerName } }: Target,
  release: Release,
): Promise<void> {
  const { domains } = await uploader.declaredTriggers({ release, workerEnv });
  if (domains.length === 0) return;
  const holders = await platform.domainHolders();
  for (const hostname of domains) {
    const holder = holders.get(hostname);
    if (holder === undefined || holder === workerName) continue;
    throw new DeliveryError({
      code: "DOMAIN_TAKEN",
      message: `${name}: ${hostname} leads to another Worker, ${holder}.`,
      hint: `Take the domain away from ${holder} first, or out of wrangler's configuration.`,
    });
  }
}

import { targetOf, withLease, type Context } from "../context.ts";
import { ask, type Asked } from "../engine/ask.ts";
import { resumeRollout } from "../engine/resume.ts";
import type { Delivered } from "../engine/rollout.ts";
import { DeliveryError } from "../errors.ts";
import type { Exceptions, LedgerEntry } from "../ledger/entry.ts";
import { readLedger } from "../ledger-session.ts";
import { deploy } from "./deploy.ts";
import { promote } from "./promote.ts";

export function pause(context: Context, name: string, reason: string | undefined): Promise<Asked> {
  return ask(context, targetOf(context, name), { wish: "pause", reason });
}

export function abort(context: Context, name: string, reason: string): Promise<Asked> {
  return ask(context, targetOf(context, name), { wish: "abort", reason });
}

/** Goes on with a paused rollout, or one that was cut off, in this process. */
export function resume(
  context: Context,
  name: string,
  options: { readonly reason: string | undefined; readonly exceptions: Exceptions },
): Promise<Delivered> {
  const target = targetOf(context, name);
  return withLease(context, name, (ledger) => resumeRollout(context, target, { ledger, ...options }));
}

/**
 * Delivers the release of the last rollout once more, in a new one. What was allowed because of the release still is; what
 * was allowed because of the moment isn't.
 * @throws {DeliveryError} USAGE when the last rollout wasn't aborted
 */
export async function retry(context: Context, name: string): Promise<Delivered> {
  const { configuration } = targetOf(context, name);
  const { entries, open } = await readLedger(context.ledgers, name);
  const last = entries.findLast(
    ({ type }) => type === "aborted" || type === "proven" || type === "rolled_back",
  );
  if (open !== undefined || last?.type !== "aborted" || last.releaseId === undefined) {
    throw new DeliveryError({
      code: "USAGE",
      message: `${name} has no aborted rollout to try again${open === undefined ? "" : ": its last one is unfinished"}.`,
      hint:
        open === undefined
          ? `See what there was: npx delivery history ${name}`
          : `Go on with it: npx delivery resume ${name}`,
    });
  }
  const options = { release: last.releaseId, exceptions: exceptionsAgain(context, name, { entries, last }) };
  return configuration.provenBy === undefined
    ? deploy(context, name, options)
    : promote(context, name, options);
}

/** Those of the rollout that is repeated, as far as they are about its release. */
function exceptionsAgain(
  { reporter }: Context,
  name: string,
  { entries, last }: { readonly entries: readonly LedgerEntry[]; readonly last: LedgerEntry },
): Exceptions {
  const planned = entries.find(({ type, rolloutId }) => type === "planned" && rolloutId === last.rolloutId);
  const { older, contract, ...others } = planned?.exceptions ?? {};
  const kept = { ...(older !== undefined && { older }), ...(contract !== undefined && { contract }) };
  for (const [rule, reason] of Object.entries(kept))
    reporter.say(`${name}: as the rollout before: ${flagOf(rule)} "${reason}"`);
  for (const rule of Object.keys(others))
    reporter.say(`${name}: the rollout before had ${flagOf(rule)}, which this one hasn't`);
  return kept;
}

/** An exception's option. */
function flagOf(rule: string): string {
  return rule === "contract" ? "--allow-contract" : `--${rule.replaceAll(/[A-Z]/gu, "-$&").toLowerCase()}`;
}

export function presentAsked({ environment, releaseId, wish, outcome }: Asked): string {
  const what = `${environment}: the rollout of ${releaseId}`;
  const next = `Go on: npx delivery resume ${environment}. Take it back: npx delivery abort ${environment} REASON`;
  switch (outcome) {
    case "paused":
      return `${what} is paused. ${next}\n`;
    case "aborted":
      return `${what} was taken back.\n`;
    case "proven":
      return `${what} is over: it is proven and serves: npx delivery rollback ${environment}\n`;
    case "ended":
      return `${what} had been taken back before: npx delivery status ${environment}\n`;
    case "asked":
      return `${what} was asked to ${wish}; its process is alive and comes to it after what it is doing. Look again: npx delivery status ${environment}\n`;
  }
}

/** 0 when the rollout doesn't go on · 2 when it can't be stopped any more · 5 while another process still has it. */
export function askedExitCode({ outcome }: Asked): number {
  switch (outcome) {
    case "paused":
    case "aborted":
    case "ended":
      return 0;
    case "proven":
      return 2;
    case "asked":
      return 5;
  }
}

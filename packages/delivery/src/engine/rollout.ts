import { randomBytes } from "node:crypto";
import { ending } from "../adapters/ending.ts";
import { begin } from "../begin.ts";
import type { Context, Target } from "../context.ts";
import { DeliveryError, isUnavailable } from "../errors.ts";
import type { Exceptions, LedgerEntry, Verdict } from "../ledger/entry.ts";
import type { LedgerSession } from "../ledger-session.ts";
import type { Release } from "../release/release.ts";
import {
  abort,
  foldProgress,
  nextCommand,
  replay,
  type RolloutCommand,
  type RolloutProgress,
} from "../rollout/machine.ts";
import { stepsFor, type RolloutPlan } from "../rollout/plan.ts";
import { refuseHeld } from "./admission.ts";
import { refuseTakenDomains } from "./domain-conflict.ts";
import { execute, type Rollout } from "./execute.ts";
import { preflight } from "./preflight.ts";
import { recordUnrecorded } from "./reconcile.ts";
import { flushIfReachable } from "./record.ts";
import { takeBack } from "./recover.ts";
import { ForeignDeployment } from "./route.ts";
import { newestDeployment, presentState } from "./serving.ts";

/** What an environment serves after a delivery. */
export interface Delivered {
  readonly environment: string;
  readonly url: string;
  readonly releaseId: string;
  readonly archiveSha256: string;
  readonly versionId: string;
  readonly etag: string;
}

export interface RollOutOptions {
  readonly release: Release;
  readonly ledger: LedgerSession;
  /** Rules that this rollout overrides, and why. */
  readonly exceptions?: Exceptions;
}

/**
 * Delivers a release to an environment, or puts everything back.
 * @throws {DeliveryError} GATE_FAILED when the candidate failed and stable serves again, STUCK when it doesn't.
 */
export async function rollOut(context: Context, target: Target, options: RollOutOptions): Promise<Delivered> {
  const { ledger, release, exceptions = {} } = options;
  refuseHeld(context, target, { state: ledger.state(), exceptions });
  const reason = exceptions.rollForward ?? "its process ended before it did";
  // Nobody may be looking after one that was cut off. One that is paused stays until nothing stands in the way of this one.
  const isPaused = replay(ledger.state().open?.entries ?? []).paused !== undefined;
  if (!isPaused) await takeBack(context, target, { ledger, reason });
  context.reporter.say(`${target.name}: delivering ${release.manifest.releaseId}`);
  const untaken = begin(refuseTakenDomains(context, target, release));
  const checked = await preflight(context, target, {
    release,
    allowContract: exceptions.contract !== undefined,
  });
  await untaken;
  if (isPaused) await takeBack(context, target, { ledger, reason });
  await recordUnrecorded(context, target, { ledger, newest: await newestDeployment(context, target) });
  const { stable, deploymentId, address } = await presentState(context, target, ledger.state());
  context.reporter.say("        preflight: nothing stands in the way");
  await context.releases.publish(release);
  const plan: RolloutPlan = {
    rolloutId: `o-${randomBytes(6).toString("hex")}`,
    environment: target.name,
    releaseId: release.manifest.releaseId,
    archiveSha256: release.manifest.archive.sha256,
    stable,
    address,
    steps: stepsFor(stable, target.configuration.rollout.steps),
    migrations: checked.pendingMigrations,
  };
  recordPlan(ledger, plan, { exceptions, deploymentId });
  await ledger.flush();
  return drive({ context, target, ledger, plan, release, checked });
}

function recordPlan(
  ledger: LedgerSession,
  plan: RolloutPlan,
  {
    exceptions,
    deploymentId,
  }: { readonly exceptions: Exceptions; readonly deploymentId: string | undefined },
): void {
  const { rolloutId, releaseId, archiveSha256, stable, steps, migrations, address } = plan;
  ledger.record({
    rolloutId,
    type: "planned",
    releaseId,
    archiveSha256,
    ...(stable && { percentages: { [stable.versionId]: 100 } }),
    ...(deploymentId !== undefined && { deploymentId }),
    plan: { steps: [...steps], migrations: [...migrations], address },
    ...(Object.keys(exceptions).length > 0 && { exceptions }),
  });
}

/** Executes command after command until the rollout has ended; each outcome is recorded before the next one. */
export async function drive(rollout: Rollout): Promise<Delivered> {
  const { ledger, plan } = rollout;
  let progress = replay(ledger.state().open?.entries ?? []);
  let last: LedgerEntry | undefined;
  let verdict: Verdict | undefined;
  for (;;) {
    const command = nextCommand(plan, progress);
    if (command.kind === "end") return ended(rollout, progress, { verdict, last });
    try {
      last = ledger.record(await execute(rollout, command));
      if (last.verdict && last.verdict.result !== "pass") verdict = last.verdict;
      progress = foldProgress(progress, last);
      if (last.type === "aborted") {
        // Stable serves again, whether or not the ledger hears of it.
        await flushIfReachable(rollout.context, ledger);
        continue;
      }
      const flushed = begin(ledger.flush());
      // A question changes nothing: it is asked meanwhile. What failed to be recorded fails the next flush too.
      if (isQuestion(nextCommand(plan, progress))) continue;
      await flushed;
      // People's requests come in with the flush; an ended rollout hears none.
      progress = replayed(ledger, plan) ?? progress;
    } catch (error) {
      await ending.mayBegin();
      // Whoever has the lease now decides what serves.
      if (error instanceof DeliveryError && error.code === "LEASE_HELD") throw error;
      if (error instanceof ForeignDeployment) return leave(rollout, error);
      if (progress.outcome === "proven") throw unrecorded(rollout, error);
      if (progress.outcome !== undefined) throw error;
      if (command.kind === "abort") return stuck(rollout, error);
      await giveUp(rollout, progress, error);
      throw takenBack(rollout, error);
    }
  }
}

function isQuestion({ kind }: RolloutCommand): boolean {
  return kind === "judge" || kind === "verify";
}

function replayed(ledger: LedgerSession, { rolloutId }: RolloutPlan): RolloutProgress | undefined {
  const { open } = ledger.state();
  return open?.rolloutId === rolloutId ? replay(open.entries) : undefined;
}

/** Somebody else has changed the traffic: the rollout ends, and what they put there stays. */
async function leave({ ledger, plan }: Rollout, error: DeliveryError): Promise<never> {
  const { rolloutId, releaseId } = plan;
  ledger.record({ rolloutId, releaseId, type: "aborted", reason: error.message });
  await ledger.flush();
  throw error;
}

/** Something other than a gate went wrong: back to stable, and let the caller know what it was. */
async function giveUp(rollout: Rollout, progress: RolloutProgress, error: unknown): Promise<void> {
  const command = abort(rollout.plan, progress, error instanceof Error ? error.message : String(error));
  const { ledger, context } = rollout;
  try {
    ledger.record(await execute(rollout, command));
  } catch (failure) {
    await stuck(rollout, failure);
  }
  // The traffic has been returned; the next run finds the rollout unfinished, and nothing to take back.
  await flushIfReachable(context, ledger);
}

/** The release serves and was verified: nothing is taken back for a ledger that doesn't hear of it. */
function unrecorded({ target, plan }: Rollout, error: unknown): unknown {
  if (!isUnavailable(error)) return error;
  return new DeliveryError({
    code: "LEDGER_UNAVAILABLE",
    message: `${target.name}: ${plan.releaseId} serves and was verified, but that isn't recorded yet: ${error.message}`,
    hint: `Look whether it is by now: npx delivery status ${target.name}. If it isn't, record it: npx delivery resume ${target.name}. ${error.hint}`,
    retryable: true,
    cause: error,
  });
}

/** The same failure, with what became of the rollout. One of the platform or the ledger says nothing of the release. */
function takenBack({ target, plan }: Rollout, error: unknown): unknown {
  if (!(error instanceof DeliveryError)) return error;
  const next = `deliver it again: npx delivery retry ${target.name}`;
  return new DeliveryError({
    code: error.exitCode === 3 ? error.code : "ABORTED",
    message: `${target.name}: the rollout of ${plan.releaseId} was taken back: ${error.message.replace(/\.$/u, "")}; ${servesAgain(plan)}.`,
    // What such a failure advises is for an environment that it still concerns.
    hint:
      error.exitCode > 3
        ? `See what happened: npx delivery history ${target.name}. Then ${next}`
        : `${error.hint} Then ${next}`,
    retryable: error.retryable,
    cause: error,
  });
}

function servesAgain({ stable }: RolloutPlan): string {
  return stable === undefined
    ? "nothing serves, as before"
    : `version ${stable.versionId.slice(0, 8)} serves again`;
}

async function stuck({ ledger, plan, target }: Rollout, error: unknown): Promise<never> {
  const reason = error instanceof Error ? error.message : String(error);
  ledger.record({ rolloutId: plan.rolloutId, releaseId: plan.releaseId, type: "stuck", reason });
  await ledger.flush().catch(() => undefined);
  if (error instanceof DeliveryError && error.code === "STUCK") throw error;
  throw new DeliveryError({
    code: "STUCK",
    message: `${target.name}: the rollout could neither be finished nor taken back: ${reason}`,
    hint: `Look at once: npx delivery status ${target.name}, then npx delivery rollback ${target.name}`,
    cause: error,
  });
}

function ended(
  { target, plan }: Rollout,
  progress: RolloutProgress,
  { verdict, last }: { readonly verdict: Verdict | undefined; readonly last: LedgerEntry | undefined },
): Delivered {
  const { candidate, outcome } = progress;
  if (outcome === undefined) throw paused(target, plan, { ...progress, verdict });
  if (outcome === "proven" && candidate !== undefined) {
    const { releaseId, archiveSha256 } = plan;
    return {
      environment: target.name,
      url: target.configuration.url,
      releaseId,
      archiveSha256,
      ...candidate,
    };
  }
  const failed = verdict?.result === "fail" ? verdict : undefined;
  const serves = servesAgain(plan);
  if (failed === undefined) {
    throw new DeliveryError({
      code: "ABORTED",
      message: `${target.name}: the rollout of ${plan.releaseId} was aborted: ${last?.reason ?? "a person asked for it"}; ${serves}.`,
      hint: `Deliver it again: npx delivery retry ${target.name}. Or another release: npx delivery --help`,
    });
  }
  throw new DeliveryError({
    code: "GATE_FAILED",
    message: `${target.name}: the gate ${failed.gate} stopped ${plan.releaseId}: ${measured(failed)}; ${serves}.`,
    hint: `See what was measured: npx delivery show ${target.name}. Correct the release, then deliver it again.`,
  });
}

/** What the gate's verdict rests on: the answer of the health endpoint, or by its name a metric, a scenario or a command. */
function measured({ gate, measurements }: Verdict): string {
  const last = measurements.at(-1);
  if (last === undefined) return "no answer";
  return last.probe === gate ? last.detail : `${last.probe}: ${last.detail}`;
}

/** A rollout that is stuck has no next step. */
export function stillStuck({ name }: Target, { releaseId }: RolloutPlan): DeliveryError {
  return new DeliveryError({
    code: "STUCK",
    message: `${name}: the rollout of ${releaseId} could neither be finished nor taken back, so there is nothing to go on with.`,
    hint: `See what serves: npx delivery status ${name}. Take it back: npx delivery abort ${name} REASON, or npx delivery rollback ${name}`,
  });
}

function paused(
  target: Target,
  plan: RolloutPlan,
  { routed = 0, paused: why, verdict }: RolloutProgress & { readonly verdict: Verdict | undefined },
): DeliveryError {
  const unknown = verdict?.measurements.filter(({ result }) => result !== "pass") ?? [];
  const details = unknown.map(({ probe, detail }) => `; ${probe}: ${detail}`).join("");
  return new DeliveryError({
    code: "PAUSED",
    message: `${target.name}: the rollout of ${plan.releaseId} is paused at ${routed} %: ${why ?? ""}${details}.`,
    hint: `Go on: npx delivery resume ${target.name}. Take it back: npx delivery abort ${target.name} REASON`,
  });
}

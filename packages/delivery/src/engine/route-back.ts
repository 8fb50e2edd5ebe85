import type { Context, Target } from "../context.ts";
import { DeliveryError } from "../errors.ts";
import type { ProvenRelease } from "../ledger/fold.ts";
import type { LedgerSession } from "../ledger-session.ts";
import type { Deployment, VersionShare } from "../ports.ts";
import { deploymentMessage } from "./route.ts";
import { judgeHealth } from "./gate.ts";
import { awaitDeployment, newestDeployment } from "./serving.ts";

/** A release that is to serve again as the version that was proven. */
export interface RouteBack {
  readonly release: ProvenRelease;
  readonly rolloutId: string;
  readonly ledger: LedgerSession;
  readonly newest: Deployment;
  /** Old secrets may come back with it. */
  readonly force: boolean;
}

/** A write whose reply was lost and that has left no trace is sent again, so often. */
const ATTEMPTS = 3;
const REPEAT_AFTER_MS = 500;

/** Gives all traffic to the release, whatever serves now. @throws {PlatformRefusal} when the platform doesn't take the version */
export function routeBack(context: Context, target: Target, request: RouteBack): Promise<Deployment> {
  const { versionId } = request.release;
  context.reporter.say(`        routing 100 % to version ${versionId.slice(0, 8)}`);
  return routeRelease(context, target, {
    ...request,
    step: "rollback",
    shares: [{ versionId, percentage: 100 }],
  });
}

/**
 * Asks the release while no user is routed to it.
 * @throws {DeliveryError} GATE_FAILED when it isn't healthy; what served serves on
 */
export async function judgeUnrouted(context: Context, target: Target, request: RouteBack): Promise<void> {
  const { release, newest } = request;
  const serving = newest.versions.toSorted((a, b) => b.percentage - a.percentage)[0]?.versionId ?? "";
  const { versionId, releaseId } = release;
  const stay = { versionId: serving, percentage: 100 };
  await routeRelease(context, target, {
    ...request,
    step: "0",
    shares: [stay, { versionId, percentage: 0 }],
  });
  const verdict = await judgeHealth(context, target, { gate: "health@0", versionId, pinned: true });
  context.reporter.say(`        gate health@0: ${verdict.result}`);
  if (verdict.result === "pass") return;
  await routeRelease(context, target, { ...request, step: "abort", shares: [stay] });
  throw new DeliveryError({
    code: "GATE_FAILED",
    message: `${target.name}: ${releaseId} doesn't answer healthy with today's schema: ${verdict.measurements.at(-1)?.detail ?? "no answer"}; version ${serving.slice(0, 8)} serves on.`,
    hint: `Go back less far: npx delivery rollback ${target.name} --to RELEASE. Or roll forward with a corrected release`,
  });
}

interface Route extends RouteBack {
  readonly step: string;
  readonly shares: readonly VersionShare[];
}

/** Changes the traffic for a release that is to serve again. */
export async function routeRelease(
  context: Context,
  target: Target,
  { release: { releaseId }, rolloutId, ledger, force, step, shares }: Route,
): Promise<Deployment> {
  const message = deploymentMessage({ releaseId, rolloutId }, step, ledger.anchor());
  for (let attempt = 1; ; attempt += 1) {
    try {
      const made = await context.platform.route(target.worker.workerName, shares, { message, force });
      await awaitDeployment(context, target, made.id);
      return made;
    } catch (error) {
      if (!(error instanceof DeliveryError) || error.code !== "PLATFORM_UNAVAILABLE") throw error;
      const newest = await newestDeployment(context, target);
      if (newest?.message === message) return newest;
      if (attempt === ATTEMPTS) throw error;
      await context.clock.sleep(REPEAT_AFTER_MS);
    }
  }
}

import type { Context, Target } from "../context.ts";
import { targetOf } from "../context.ts";
import { newestDeployment } from "../engine/serving.ts";
import { isUnavailable, type DeliveryError } from "../errors.ts";
import type { LedgerEntry } from "../ledger/entry.ts";
import { foldLedger, rollbackTarget, type EnvironmentState, type ProvenRelease } from "../ledger/fold.ts";
import { mayBeRunning } from "../ledger-lease.ts";
import { readLedger, thisProcess } from "../ledger-session.ts";
import { openBreakGlass } from "../rollout/promotion.ts";
import { presentRollout, rolloutStatus, type RolloutStatus } from "./rollout-status.ts";

/** What an environment serves, against what was decided. */
export interface EnvironmentStatus {
  readonly environment: string;
  readonly url: string;
  readonly serving: readonly {
    readonly versionId: string;
    readonly percentage: number;
    readonly releaseId: string;
    readonly etag: string;
  }[];
  /** Why nothing can be told of what was decided: the ledger can't be reached. */
  readonly unknown: string | null;
  readonly decided: {
    readonly releaseId: string;
    readonly versionId: string;
    readonly archiveSha256: string;
    readonly provenAt: string;
  } | null;
  /** The release that a rollback would return to. */
  readonly rollbackTo: string | null;
  /** The unfinished one. */
  readonly rollout: RolloutStatus | null;
  readonly lease: string | null;
  /** Why a release serves that the environment before hasn't proven; null once it has. */
  readonly breakGlass: string | null;
  /** A person holds the environment. */
  readonly lock: { readonly by: string; readonly at: string; readonly reason: string } | null;
  /** Sentences; none when what serves is what was decided. */
  readonly drift: readonly string[];
}

export async function status(
  context: Context,
  names: readonly string[],
): Promise<readonly EnvironmentStatus[]> {
  const targets = names.map((name) => targetOf(context, name));
  return Promise.all(targets.map((target) => statusOf(context, target)));
}

async function statusOf(context: Context, target: Target): Promise<EnvironmentStatus> {
  const [{ unreachable, entries, ...state }, newest] = await Promise.all([
    readIfReachable(context, target.name),
    newestDeployment(context, target),
  ]);
  const serving = await Promise.all(
    (newest?.versions ?? []).map(async ({ versionId, percentage }) => {
      const { tag, etag } = await context.platform.version(target.worker.workerName, versionId);
      return { versionId, percentage, releaseId: tag, etag };
    }),
  );
  const { current, lease, lock } = state;
  const whole = serving.find(({ percentage }) => percentage === 100)?.versionId;
  const isRunning = mayBeRunning(state, context.owner ?? thisProcess());
  return {
    environment: target.name,
    url: target.configuration.url,
    serving,
    unknown: unreachable?.message ?? null,
    decided: current
      ? {
          releaseId: current.releaseId,
          versionId: current.versionId,
          archiveSha256: current.archiveSha256,
          provenAt: current.provenAt,
        }
      : null,
    rollbackTo: rollbackTarget(state, whole)?.releaseId ?? null,
    rollout: rolloutStatus(target.name, state, isRunning),
    lease: lease?.owner ?? null,
    breakGlass: await breakGlassOf(context, target, current),
    lock: lock ?? null,
    drift: unreachable === undefined ? driftsOf(serving, { ...state, entries }) : [],
  };
}

type Read = EnvironmentState & {
  readonly entries: readonly LedgerEntry[];
  readonly unreachable?: DeliveryError;
};

/** The platform tells what serves, whether or not the ledger can be reached. */
async function readIfReachable({ ledgers }: Context, name: string): Promise<Read> {
  try {
    return await readLedger(ledgers, name);
  } catch (error) {
    if (!isUnavailable(error)) throw error;
    return { ...foldLedger([]), entries: [], unreachable: error };
  }
}

async function breakGlassOf(
  context: Context,
  { configuration: { provenBy } }: Target,
  current: ProvenRelease | undefined,
): Promise<string | null> {
  if (current?.exceptions.breakGlass === undefined) return null;
  const source = provenBy === undefined ? undefined : await readIfReachable(context, provenBy);
  return openBreakGlass(current, source) ?? null;
}

function driftsOf(
  serving: EnvironmentStatus["serving"],
  { current, open, entries }: Pick<Read, "current" | "open" | "entries">,
): readonly string[] {
  // An unfinished rollout has its candidate beside what was decided.
  const uploaded = open?.entries.findLast(({ type }) => type === "uploaded")?.versionId;
  const decided = new Set([current?.versionId, uploaded].filter((id) => id !== undefined));
  const known = new Map(
    entries.flatMap(({ versionId, etag }) => (versionId && etag ? [[versionId, etag]] : [])),
  );
  return serving.flatMap((version) => driftOf(version, { decided, known }));
}

function driftOf(
  { versionId, percentage, releaseId, etag }: EnvironmentStatus["serving"][number],
  { decided, known }: { readonly decided: ReadonlySet<string>; readonly known: ReadonlyMap<string, string> },
): readonly string[] {
  const short = versionId.slice(0, 8);
  if (!known.has(versionId))
    return [
      `version ${short} (${releaseId || "untagged"}) gets ${percentage} % but was not uploaded by a delivery`,
    ];
  if (known.get(versionId) !== etag) return [`version ${short} has other bytes than were uploaded`];
  return decided.has(versionId)
    ? []
    : [`version ${short} (${releaseId}) gets ${percentage} % but was not the last decision`];
}

/**
 * 6 drift · 4 a rollout is stuck · 2 what was decided can't be told · 7 a rollout stands still, paused or cut off, until
 * somebody goes on with it; the first that is so anywhere.
 */
export function statusExitCode(all: readonly EnvironmentStatus[]): number {
  if (all.some(({ drift }) => drift.length > 0)) return 6;
  if (all.some(({ rollout }) => rollout?.state === "stuck")) return 4;
  if (all.some(({ unknown }) => unknown !== null)) return 2;
  return all.some(({ rollout }) => rollout?.state === "paused" || rollout?.state === "cut off") ? 7 : 0;
}

/** Lines for a person. */
export function presentStatus(all: readonly EnvironmentStatus[]): string {
  const blocks = all.map((each) => {
    const { environment, url, serving, rollbackTo, rollout, breakGlass, lease, lock, drift } = each;
    const serves = serving.map(
      ({ percentage, releaseId, versionId }) =>
        `  serves    ${percentage} %  ${releaseId || "untagged"}  version ${versionId.slice(0, 8)}`,
    );
    const lines = [
      `${environment}  ${url}`,
      ...(serves.length > 0 ? serves : ["  serves    nothing yet"]),
      presentDecided(each),
      ...(rollbackTo === null ? [] : [`  rollback  to ${rollbackTo}`]),
      ...(rollout === null ? [] : [presentRollout(environment, rollout, lease)]),
      ...(breakGlass === null ? [] : [`  UNPROVEN  the glass was broken: ${breakGlass}`]),
      ...(lock === null ? [] : [`  held      by ${lock.by} since ${lock.at}: ${lock.reason}`]),
      ...drift.map((sentence) => `  DRIFT     ${sentence}`),
    ];
    return lines.join("\n");
  });
  return `${blocks.join("\n\n")}\n`;
}

function presentDecided({ decided, unknown }: EnvironmentStatus): string {
  if (unknown !== null) return `  decided   unknown: the ledger can't be reached (${unknown})`;
  if (decided === null) return "  decided   nothing yet";
  return `  decided   ${decided.releaseId}  ${decided.archiveSha256.slice(0, 12)}  proven ${decided.provenAt}`;
}

import type { Context, Target } from "../context.ts";
import { targetOf } from "../context.ts";
import type { ProvenRelease } from "../ledger/fold.ts";
import { readLedger } from "../ledger-session.ts";
import { newestDeployment } from "../engine/serving.ts";

import { replay } from "../rollout/machine.ts";
import { openBreakGlass } from "../rollout/promotion.ts";

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
  readonly decided: {
    readonly releaseId: string;
    readonly versionId: string;
    readonly archiveSha256: string;
    readonly provenAt: string;
  } | null;
  readonly openRollout: string | null;
  readonly lease: string | null;
  /** Why the rollout waits for a person. */
  readonly paused: string | null;
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
  const [state, newest] = await Promise.all([
    readLedger(context.ledgers, target.name),
    newestDeployment(context, target),
  ]);
  const serving = await Promise.all(
    (newest?.versions ?? []).map(async ({ versionId, percentage }) => {
      const { tag, etag } = await context.platform.version(target.worker.workerName, versionId);
      return { versionId, percentage, releaseId: tag, etag };
    }),
  );
  const { current, open, lease, lock } = state;
  // An unfinished rollout has its candidate beside what was decided.
  const uploaded = open?.entries.findLast(({ type }) => type === "uploaded")?.versionId;
  const decided = new Set([current?.versionId, uploaded].filter((id) => id !== undefined));
  const known = new Map(
    state.entries.flatMap(({ versionId, etag }) => (versionId && etag ? [[versionId, etag]] : [])),
  );
  return {
    environment: target.name,
    url: target.configuration.url,
    serving,
    decided: current
      ? {
          releaseId: current.releaseId,
          versionId: current.versionId,
          archiveSha256: current.archiveSha256,
          provenAt: current.provenAt,
        }
      : null,
    openRollout: open?.rolloutId ?? null,
    lease: lease?.owner ?? null,
    paused: replay(open?.entries ?? []).paused ?? null,
    breakGlass: await breakGlassOf(context, target, current),
    lock: lock ?? null,
    drift: serving.flatMap((version) => driftOf(version, { decided, known })),
  };
}

async function breakGlassOf(
  { ledgers }: Context,
  { configuration: { provenBy } }: Target,
  current: ProvenRelease | undefined,
): Promise<string | null> {
  if (current?.exceptions.breakGlass === undefined) return null;
  const source = provenBy === undefined ? undefined : await readLedger(ledgers, provenBy);
  return openBreakGlass(current, source) ?? null;
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

/** Lines for a person. */
export function presentStatus(all: readonly EnvironmentStatus[]): string {
  const blocks = all.map((each) => {
    const { environment, url, serving, decided, openRollout, paused, breakGlass, lease, lock, drift } = each;
    const serves = serving.map(
      ({ percentage, releaseId, versionId }) =>
        `  serves    ${percentage} %  ${releaseId || "untagged"}  version ${versionId.slice(0, 8)}`,
    );
    const lines = [
      `${environment}  ${url}`,
      ...(serves.length > 0 ? serves : ["  serves    nothing yet"]),
      decided
        ? `  decided   ${decided.releaseId}  ${decided.archiveSha256.slice(0, 12)}  proven ${decided.provenAt}`
        : "  decided   nothing yet",
      ...(openRollout === null
        ? []
        : [`  unfinished rollout ${openRollout}${lease === null ? "" : ` by ${lease}`}`]),
      ...(paused === null ? [] : [`  paused    ${paused}`]),
      ...(breakGlass === null ? [] : [`  UNPROVEN  the glass was broken: ${breakGlass}`]),
      ...(lock === null ? [] : [`  held      by ${lock.by} since ${lock.at}: ${lock.reason}`]),
      ...drift.map((sentence) => `  DRIFT     ${sentence}`),
    ];
    return lines.join("\n");
  });
  return `${blocks.join("\n\n")}\n`;
}

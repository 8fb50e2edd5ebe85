import type { Exceptions, LedgerEntry } from "./entry.ts";

/** A release that an environment has proven: uploaded, judged, and verified at 100 %. */
export interface ProvenRelease {
  readonly releaseId: string;
  readonly archiveSha256: string;
  readonly versionId: string;
  readonly etag: string;
  readonly secrets: Readonly<Record<string, string>>;
  readonly provenAt: string;
  /** The number of the entry that says so. */
  readonly seq: number;
  /** A rollback left this release: it isn't a target any more. */
  readonly abandoned: boolean;
  /** It was adopted and has no health report: only its deployment tells that it serves. */
  readonly silent: boolean;
  /** Rules that its rollout overrode. */
  readonly exceptions: Exceptions;
}

/** A person holds the environment: nothing is delivered to it. */
interface Lock {
  readonly by: string;
  readonly at: string;
  readonly reason: string;
}

interface Lease {
  readonly owner: string;
  readonly nonce: string;
}

/** What the ledger says was decided in one environment. What serves is read from Cloudflare. */
export interface EnvironmentState {
  readonly lease: Lease | undefined;
  readonly lock: Lock | undefined;
  /** Oldest first; a release that was proven again appears again, one that a rollback uploaded again in its old place. */
  readonly proven: readonly ProvenRelease[];
  /** Positions in `proven`: what served in turn and no rollback passed over, up to what should serve now. */
  readonly way: readonly number[];
  /** The release that should serve now. */
  readonly current: ProvenRelease | undefined;
  /** Migrations that took something away, also those of rollouts that were aborted. */
  readonly contracts: readonly { readonly seq: number; readonly reason: string }[];
  /** A rollout that was neither proven, aborted nor rolled back. */
  readonly open: OpenRollout | undefined;
  /**
   * The last rollback wasn't verified, with triggers and all, or its process ended before it gave its lease back, so that
   * nobody may have been told: the next one finishes it.
   */
  readonly unfinishedRollback: { readonly nonce: string; readonly isVerified: boolean } | undefined;
  readonly nextSeq: number;
}

interface OpenRollout {
  readonly rolloutId: string;
  readonly entries: readonly LedgerEntry[];
}

const EMPTY_STATE: EnvironmentState = {
  lease: undefined,
  lock: undefined,
  proven: [],
  way: [],
  current: undefined,
  contracts: [],
  open: undefined,
  unfinishedRollback: undefined,
  nextSeq: 1,
};

export function foldLedger(entries: readonly LedgerEntry[]): EnvironmentState {
  return entries.reduce(foldEntry, EMPTY_STATE);
}

export function foldEntry(state: EnvironmentState, entry: LedgerEntry): EnvironmentState {
  const next = { ...state, nextSeq: entry.seq + 1 };
  switch (entry.type) {
    case "lease_acquired":
    case "lease_taken":
    case "lease_renewed":
      return { ...next, lease: entry.lease };
    case "lease_released":
      return { ...next, lease: undefined, unfinishedRollback: afterRelease(state, entry) };
    case "planned": {
      const open = { rolloutId: entry.rolloutId, entries: [entry] };
      return { ...next, open, unfinishedRollback: undefined };
    }
    case "migrated":
    case "uploaded":
      // A process may have ended between a migration and its entry.
      return { ...next, open: continued(state.open, entry), contracts: contractsWith(state, entry) };
    case "routed":
    case "judged":
    case "paused":
    case "resumed":
    case "triggers_applied":
    case "stuck":
    case "requested":
      return { ...next, open: continued(state.open, entry) };
    case "locked":
      return { ...next, lock: { by: entry.actor.name, at: entry.at, reason: entry.reason ?? "" } };
    case "unlocked":
      return { ...next, lock: undefined };
    case "proven":
    case "adopted": {
      const current = provenBy(entry, state.open);
      const way = [...state.way, state.proven.length];
      const proven = [...state.proven, current];
      return { ...next, open: undefined, proven, way, current, unfinishedRollback: undefined };
    }
    case "aborted":
      return { ...next, open: undefined };
    case "rolled_back":
      return {
        ...rolledBack(next, entry),
        open: undefined,
        unfinishedRollback: { nonce: entry.lease.nonce, isVerified: entry.verdict?.result === "pass" },
      };
  }
}

/** Of another process's lease it says nothing. */
function afterRelease(
  { unfinishedRollback: rollback }: EnvironmentState,
  { lease }: LedgerEntry,
): EnvironmentState["unfinishedRollback"] {
  return rollback?.isVerified === true && rollback.nonce === lease.nonce ? undefined : rollback;
}

function continued(open: OpenRollout | undefined, entry: LedgerEntry): OpenRollout | undefined {
  return open?.rolloutId === entry.rolloutId ? { ...open, entries: [...open.entries, entry] } : open;
}

function provenBy(entry: LedgerEntry, open: OpenRollout | undefined): ProvenRelease {
  const uploaded = open?.entries.find(({ type }) => type === "uploaded");
  return {
    releaseId: entry.releaseId ?? "",
    archiveSha256: entry.archiveSha256 ?? uploaded?.archiveSha256 ?? "",
    versionId: entry.versionId ?? "",
    etag: entry.etag ?? uploaded?.etag ?? "",
    secrets: uploaded?.secrets ?? entry.secrets ?? {},
    provenAt: entry.at,
    seq: entry.seq,
    abandoned: false,
    silent: entry.type === "adopted" && entry.verdict?.result !== "pass",
    exceptions: open?.entries.find(({ type }) => type === "planned")?.exceptions ?? {},
  };
}

/** Allowed ones, where the database has been migrated by now. */
function contractsWith(
  { contracts, open }: EnvironmentState,
  entry: LedgerEntry,
): EnvironmentState["contracts"] {
  const planned = open?.rolloutId === entry.rolloutId ? open.entries[0] : undefined;
  const reason = planned?.exceptions?.contract;
  return reason === undefined ? contracts : [...contracts, { seq: entry.seq, reason }];
}

/** The entry names the release that serves again; the one that it left is abandoned, however often it was proven. */
function rolledBack(state: EnvironmentState, entry: LedgerEntry): EnvironmentState {
  const { current: left } = state;
  const found = positionOf(state.proven, entry);
  const position = found ?? state.proven.length;
  const again = releaseAgain(found === undefined ? undefined : state.proven[found], entry);
  const others = state.proven.map((release) =>
    release.releaseId === left?.releaseId && release.releaseId !== again.releaseId
      ? { ...release, abandoned: true }
      : release,
  );
  return {
    ...state,
    proven: [...others.slice(0, position), again, ...others.slice(position + 1)],
    way: [...state.way.filter((before) => before < position), position],
    current: again,
  };
}

/** The version that serves again; where that was uploaded for it, the release. */
function positionOf(
  proven: readonly ProvenRelease[],
  { versionId, releaseId }: LedgerEntry,
): number | undefined {
  const byVersion = proven.findLastIndex((release) => release.versionId === versionId);
  const position =
    byVersion < 0 ? proven.findLastIndex((release) => release.releaseId === releaseId) : byVersion;
  return position < 0 ? undefined : position;
}

/** As it was proven, but for what the rollback changed. Of one that no ledger knew, the entry has all that is known. */
function releaseAgain(release: ProvenRelease | undefined, entry: LedgerEntry): ProvenRelease {
  if (release?.versionId === entry.versionId && release !== undefined) return release;
  return {
    releaseId: entry.releaseId ?? "",
    archiveSha256: release?.archiveSha256 ?? entry.archiveSha256 ?? "",
    versionId: entry.versionId ?? "",
    etag: entry.etag ?? release?.etag ?? "",
    secrets: entry.secrets ?? release?.secrets ?? {},
    provenAt: entry.at,
    seq: entry.seq,
    abandoned: false,
    silent: release?.silent ?? false,
    exceptions: release?.exceptions ?? {},
  };
}

/**
 * The release to go back to. When something else than the last decision serves, or the rollback to it wasn't finished, it is
 * that decision; otherwise the one that served before it.
 */
export function rollbackTarget(
  state: EnvironmentState,
  serving: string | undefined,
): ProvenRelease | undefined {
  const { current, unfinishedRollback, proven, way } = state;
  if (current !== undefined && (unfinishedRollback !== undefined || current.versionId !== serving))
    return current;
  const before = way.slice(0, -1).flatMap((position) => proven[position] ?? []);
  return before.findLast((release) => !release.abandoned && release.releaseId !== current?.releaseId);
}

/** Why a migration that takes something away was applied after a release was proven; undefined where none was. */
export function contractSince({ contracts }: EnvironmentState, release: ProvenRelease): string | undefined {
  return contracts.find(({ seq }) => seq > release.seq)?.reason;
}

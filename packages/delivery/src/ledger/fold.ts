import type { Exceptions, LedgerEntry } from "./entry.ts";

/** A release that an environment has proven: uploaded, judged, and verified at 100 %. */
export interface ProvenRelease {
  readonly releaseId: string;
  readonly archiveSha256: string;
  readonly versionId: string;
  readonly etag: string;
  readonly secrets: Readonly<Record<string, string>>;
  readonly provenAt: string;
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
  /** Oldest first; a release that was proven again appears again. */
  readonly proven: readonly ProvenRelease[];
  /** The release that should serve now. */
  readonly current: ProvenRelease | undefined;
  /** A rollout that was neither proven, aborted nor rolled back. */
  readonly open: OpenRollout | undefined;
  /** A rollback's process ended before it gave its lease back: it may not have done all of it. */
  readonly unfinishedRollback: boolean;
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
  current: undefined,
  open: undefined,
  unfinishedRollback: false,
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
      return { ...next, lease: undefined, unfinishedRollback: false };
    case "planned": {
      const open = { rolloutId: entry.rolloutId, entries: [entry] };
      return { ...next, open, unfinishedRollback: false };
    }
    case "migrated":
    case "uploaded":
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
      const proven = provenBy(entry, state.open);
      return { ...next, open: undefined, proven: [...state.proven, proven], current: proven };
    }
    case "aborted":
      return { ...next, open: undefined };
    case "rolled_back":
      return { ...rolledBack(next, entry), open: undefined, unfinishedRollback: true };
  }
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
    abandoned: false,
    silent: entry.type === "adopted" && entry.verdict?.result !== "pass",
    exceptions: open?.entries.find(({ type }) => type === "planned")?.exceptions ?? {},
  };
}

/** The entry names the release that serves again; the one that it left is abandoned. */
function rolledBack(state: EnvironmentState, entry: LedgerEntry): EnvironmentState {
  const left = state.current?.versionId === entry.versionId ? undefined : state.current;
  const proven = state.proven.map((release) =>
    release === left ? { ...release, abandoned: true } : release,
  );
  const current = proven.findLast(({ versionId }) => versionId === entry.versionId);
  const again = current ?? uploadedAgain(proven, entry);
  return {
    ...state,
    proven: again === current ? proven : [...proven, ...(again ? [again] : [])],
    current: again,
  };
}

/** A proven release may be rolled back to as another version, with the secrets that served. */
function uploadedAgain(proven: readonly ProvenRelease[], entry: LedgerEntry): ProvenRelease | undefined {
  const release = proven.findLast(({ releaseId }) => releaseId === entry.releaseId);
  const { versionId, etag, secrets } = entry;
  if (release === undefined || versionId === undefined) return undefined;
  return {
    ...release,
    versionId,
    etag: etag ?? release.etag,
    secrets: secrets ?? release.secrets,
    provenAt: entry.at,
    abandoned: false,
  };
}

/**
 * The release to go back to. When something else than the last decision serves, or the rollback to it was cut off, it is that
 * decision; otherwise the newest one before it that no rollback left.
 */
export function rollbackTarget(
  state: EnvironmentState,
  serving: string | undefined,
): ProvenRelease | undefined {
  const { current, unfinishedRollback } = state;
  if (current !== undefined && (unfinishedRollback || current.versionId !== serving)) return current;
  return state.proven.findLast(
    (release) => !release.abandoned && release.releaseId !== state.current?.releaseId,
  );
}

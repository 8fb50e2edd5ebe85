/** What the message of a deployment or version of ours says. */
export interface Anchor {
  readonly releaseId: string;
  readonly rolloutId: string;
  /** The candidate's share, or `upload`, `abort`, `rollback`. */
  readonly step: string;
  /** The ledger's head when it was made, 12 hex digits; empty where there was no ledger. */
  readonly head: string;
}

const MESSAGE = /^(?<releaseId>\S+) (?<rolloutId>o-[0-9a-f]+) (?<step>\S+) ?(?<head>[0-9a-f]{12})?$/u;

/** Undefined for what wasn't made by a delivery. */
export function parseAnchor(message: string): Anchor | undefined {
  const groups = MESSAGE.exec(message)?.groups;
  if (groups === undefined) return undefined;
  const { releaseId = "", rolloutId = "", step = "", head = "" } = groups;
  return { releaseId, rolloutId, step, head };
}

/** What a running postmaster writes into `postmaster.pid`. */
export interface PostmasterFile {
  readonly pid: number;
  /** Only with `ready` are connections accepted. */
  readonly status: "starting" | "stopping" | "ready" | "standby" | "unknown";
}

const STATUS_LINE = 7;
const STATUSES = ["starting", "stopping", "ready", "standby"] as const;

/**
 * Reads the text of a `postmaster.pid`; undefined while it is empty or half written.
 * @see https://github.com/postgres/postgres/blob/REL_18_STABLE/src/include/utils/pidfile.h for its lines
 */
export function parsePostmasterFile(text: string): PostmasterFile | undefined {
  const lines = text.split("\n");
  const pid = Number(lines[0]);
  if (!Number.isInteger(pid) || pid <= 0) return undefined;
  const status = lines[STATUS_LINE]?.trim();
  return { pid, status: STATUSES.find((known) => known === status) ?? "unknown" };
}

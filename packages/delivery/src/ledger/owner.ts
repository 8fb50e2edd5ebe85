/** Who holds a lease: a process on a machine. */
export interface Owner {
  /** Where process numbers mean the same process: machine and start of it, and the container. */
  readonly host: string;
  readonly pid: number;
}

export function formatOwner({ host, pid }: Owner): string {
  return `${host}/${pid}`;
}

export function parseOwner(text: string): Owner | undefined {
  const match = /^(?<host>.+)\/(?<pid>\d+)$/u.exec(text);
  return match?.groups && { host: match.groups["host"] ?? "", pid: Number(match.groups["pid"]) };
}

/** What a contender does about a lease: it is free, its holder is known to be gone or alive, or only time can tell. */
export type LeaseView = "free" | "gone" | "alive" | "unknown";

export function viewLease(
  owner: string | undefined,
  self: Owner,
  isAlive: (pid: number) => boolean,
): LeaseView {
  if (owner === undefined) return "free";
  const holder = parseOwner(owner);
  if (holder?.host !== self.host) return "unknown";
  return isAlive(holder.pid) ? "alive" : "gone";
}

import type { Deployment } from "../ports.ts";
import { parseAnchor } from "./anchor.ts";
import { isLeaseless, type LedgerEntry } from "./entry.ts";

/** One commit of a ledger's chain. */
export interface ChainLink {
  readonly commit: string;
  readonly parents: readonly string[];
  /** Undefined where the commit holds no entry that can be read. */
  readonly entry: LedgerEntry | undefined;
}

export interface Audit {
  readonly environment: string;
  readonly entries: number;
  readonly head: string | null;
  /** How many deployments of the platform name a head that the chain has. */
  readonly anchors: number;
  /** What is missing or was tampered with, each in a sentence. */
  readonly findings: readonly string[];
  /** Deployments that were made without delivery. */
  readonly foreign: readonly string[];
}

/**
 * Compares a ledger with itself and with the platform's deployments, whose messages say what its head was.
 * `chain` is oldest first, `deployments` newest first. Proves tampering, never its absence.
 */
export function auditLedger(
  environment: string,
  chain: readonly ChainLink[],
  deployments: readonly Deployment[],
): Audit {
  const anchored = deployments.map((deployment) => ({
    deployment,
    anchor: parseAnchor(deployment.message),
  }));
  const foreign = anchored.filter(({ anchor }) => anchor === undefined);
  const heads = new Set(chain.map(({ commit }) => commit.slice(0, 12)));
  return {
    environment,
    entries: chain.length,
    head: chain.at(-1)?.commit ?? null,
    anchors: anchored.filter(({ anchor }) => anchor !== undefined && heads.has(anchor.head)).length,
    findings: [
      ...auditOrder(environment, chain),
      ...auditLeases(chain),
      ...auditAnchors(chain, heads, anchored),
      ...auditRecorded(chain, deployments),
    ],
    foreign: foreign.map(
      ({ deployment: { id, createdAt, message } }) =>
        `the deployment ${id} of ${createdAt} (${message || "no message"}) was made without delivery`,
    ),
  };
}

/** Each commit follows the one before it and counts one further. */
function auditOrder(environment: string, chain: readonly ChainLink[]): readonly string[] {
  return chain.flatMap(({ commit, parents, entry }, index) => {
    const place = `entry ${index + 1} (commit ${commit.slice(0, 12)})`;
    const before = chain[index - 1]?.commit;
    const linked =
      before === undefined ? parents.length === 0 : parents.length === 1 && parents[0] === before;
    if (!linked) return [`${place} doesn't follow the one before it`];
    if (entry === undefined) return [`${place} can't be read`];
    if (entry.seq !== index + 1)
      return [`${place} has the number ${entry.seq}: entries before it are missing`];
    return entry.environment === environment ? [] : [`${place} is of ${entry.environment}`];
  });
}

/** Whoever wrote held the lease. */
function auditLeases(chain: readonly ChainLink[]): readonly string[] {
  const findings: string[] = [];
  let holder: LedgerEntry["lease"] | undefined;
  for (const { entry } of chain) {
    if (entry === undefined || isLeaseless(entry)) continue;
    const { type, seq, lease } = entry;
    const takes = type === "lease_acquired" || type === "lease_taken";
    if (type === "lease_acquired" && holder !== undefined)
      findings.push(`entry ${seq} takes a lease that ${holder.owner} holds`);
    if (!takes && lease.nonce !== holder?.nonce)
      findings.push(`entry ${seq} (${type}) was written by ${lease.owner} without the lease`);
    holder = type === "lease_released" ? undefined : lease;
  }
  return findings;
}

function auditAnchors(
  chain: readonly ChainLink[],
  heads: ReadonlySet<string>,
  anchored: readonly {
    readonly deployment: Deployment;
    readonly anchor: ReturnType<typeof parseAnchor>;
  }[],
): readonly string[] {
  const rollouts = new Set(chain.flatMap(({ entry }) => (entry === undefined ? [] : [entry.rolloutId])));
  return anchored.flatMap(({ deployment, anchor }) => {
    if (anchor === undefined) return [];
    const what = `the deployment ${deployment.id} of ${deployment.createdAt} (${anchor.releaseId}, ${anchor.step})`;
    if (anchor.head !== "" && !heads.has(anchor.head))
      return [`${what} names the ledger's head ${anchor.head}, which the ledger doesn't have`];
    return rollouts.has(anchor.rolloutId)
      ? []
      : [`${what} is of the rollout ${anchor.rolloutId}, of which the ledger has no entry`];
  });
}

/** Deployments that the ledger names, after the oldest one that the platform still lists, are on the platform's list. */
function auditRecorded(chain: readonly ChainLink[], deployments: readonly Deployment[]): readonly string[] {
  const listed = new Set(deployments.map(({ id }) => id));
  const recorded = chain.flatMap(({ entry }) =>
    entry?.deploymentId === undefined ? [] : [{ seq: entry.seq, id: entry.deploymentId }],
  );
  const first = recorded.findIndex(({ id }) => listed.has(id));
  if (first === -1) return [];
  return recorded
    .slice(first)
    .filter(({ id }) => !listed.has(id))
    .map(({ seq, id }) => `entry ${seq} names the deployment ${id}, which the platform doesn't have`);
}

import { createHash } from "node:crypto";
import type { DeploymentDocument } from "../services/workers/model.ts";

/** A version of a deployment with its age: a higher number is newer. */
export interface Candidate {
  readonly versionId: string;
  readonly percentage: number;
  readonly number: number;
}

export interface TrafficHeaders {
  /** Value of `Cloudflare-Workers-Version-Key`. */
  readonly key: string | undefined;
  /** Value of `Cloudflare-Workers-Version-Overrides`. */
  readonly overrides: string | undefined;
}

/**
 * The version that answers a request: the override when it names a version of this deployment (at 0 % too), otherwise
 * by the split. A key that is on the newer version stays there as that version's share grows.
 * `draw` is a random number in [0, 1), used when there is no key.
 * @see https://developers.cloudflare.com/workers/configuration/versions-and-deployments/gradual-deployments/
 */
export function chooseVersion(
  worker: string,
  candidates: readonly Candidate[],
  headers: TrafficHeaders & { readonly draw: number },
): string | undefined {
  const wanted = headers.overrides === undefined ? undefined : overrideFor(worker, headers.overrides);
  if (candidates.some(({ versionId }) => versionId === wanted)) return wanted;
  const point = headers.key === undefined ? headers.draw * 100 : pointOf(headers.key);
  const newestFirst = [...candidates].sort((a, b) => b.number - a.number);
  let upTo = 0;
  for (const { versionId, percentage } of newestFirst) {
    upTo += percentage;
    if (point < upTo) return versionId;
  }
  return newestFirst.find(({ percentage }) => percentage > 0)?.versionId;
}

/** The member for `worker` in an RFC 8941 dictionary of strings; undefined where it is absent or malformed. */
export function overrideFor(worker: string, header: string): string | undefined {
  for (const member of header.split(",")) {
    const match = /^\s*(?<name>[a-z*][\w.*-]*)="(?<id>[^"\\]*)"\s*$/u.exec(member);
    if (match?.groups?.["name"] === worker) return match.groups["id"];
  }
  return undefined;
}

/** A key's place in [0, 100), the same in every run. */
function pointOf(key: string): number {
  return (createHash("sha256").update(key).digest().readUIntBE(0, 6) / 2 ** 48) * 100;
}

/** Ids of the versions that get requests without being asked for by name. */
export function servingVersions(deployments: readonly DeploymentDocument[]): ReadonlySet<string> {
  return new Set(deployments.flatMap(({ versions }) => versions.map(({ versionId }) => versionId)));
}

import { createHash, randomUUID } from "node:crypto";
import { invalidDeployment, workerNameInvalid } from "./errors.ts";
import type { VersionDocument, VersionShare, WorkerDocument } from "./model.ts";

/** A part of a host name, which may have underscores. @see https://developers.cloudflare.com/workers/configuration/routing/workers-dev/#limitations */
const NAME = /^[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?$/u;

/** What isn't versioned of an upload or of a request for a new Worker. */
export interface NewWorkerSettings {
  readonly logpush?: boolean | undefined;
  readonly observability?: unknown;
  readonly tail_consumers?: unknown;
  readonly tags?: readonly string[] | undefined;
}

export function newWorker(name: string, settings: NewWorkerSettings): WorkerDocument {
  if (!NAME.test(name)) throw workerNameInvalid();
  const now = new Date().toISOString();
  const { logpush, observability, tail_consumers: tailConsumers, tags } = settings;
  return {
    name,
    tag: randomUUID().replaceAll("-", ""),
    createdAt: now,
    modifiedAt: now,
    subdomainEnabled: false,
    previewsEnabled: false,
    lastDeployedFrom: "wrangler",
    settings: withoutEmpty({ logpush, observability, tail_consumers: tailConsumers, tags }),
  };
}

/** @see https://developers.cloudflare.com/workers/configuration/versions-and-deployments/gradual-deployments/ */
export function validateShares(shares: readonly VersionShare[]): void {
  const total = shares.reduce((sum, { percentage }) => sum + percentage, 0);
  if (shares.length === 0 || shares.length > 2)
    throw invalidDeployment("A deployment has one or two versions.");
  if (new Set(shares.map(({ versionId }) => versionId)).size < shares.length) {
    throw invalidDeployment("A deployment names each version once.");
  }
  if (shares.some(({ percentage }) => percentage < 0 || percentage > 100)) {
    throw invalidDeployment("A percentage lies between 0 and 100.");
  }
  if (Math.abs(total - 100) > 0.001) throw invalidDeployment(`The percentages sum to ${total}, not to 100.`);
}

export function etagOf(modules: VersionDocument["modules"]): string {
  const lines = modules.map(({ name, type, blob }) => `${name}\n${type}\n${blob}\n`).sort();
  return createHash("sha256").update(lines.join("")).digest("hex");
}

export function withoutEmpty<T>(
  values: Readonly<Record<string, T | undefined>>,
): Readonly<Record<string, T>> {
  const entries = Object.entries(values).filter((entry): entry is [string, T] => entry[1] !== undefined);
  return Object.fromEntries(entries);
}

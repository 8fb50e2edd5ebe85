import type { Deployment, Version, VersionShare } from "../ports.ts";
import type { ObservedTriggers } from "../triggers/triggers.ts";

export interface FakeWorker {
  versions: readonly Version[];
  /** Newest first. */
  deployments: readonly Deployment[];
  triggers: ObservedTriggers;
}

const NO_TRIGGERS: ObservedTriggers = { domains: [], schedules: [], workersDev: false, previewUrls: true };

/** What the platform knows, in memory: Workers with their versions and deployments, and objects of buckets. */
export class FakeCloud {
  readonly workers = new Map<string, FakeWorker>();
  readonly objects = new Map<string, Buffer>();
  readonly #now: () => Date;
  #made = 0;

  constructor(now: () => Date) {
    this.#now = now;
  }

  /** Uploads a version that no request is routed to; a Worker that isn't there yet is made. */
  upload(worker: string, version: Omit<Version, "id">): string {
    const id = this.#id();
    const found = this.#workerOrNew(worker);
    found.versions = [{ id, ...version }, ...found.versions];
    return id;
  }

  /** @throws when a version is unknown or the shares don't add up to 100 */
  deploy(worker: string, versions: readonly VersionShare[], message: string): Deployment {
    const found = this.#workerOrNew(worker);
    const total = versions.reduce((sum, { percentage }) => sum + percentage, 0);
    const unknown = versions.find(({ versionId }) => !found.versions.some(({ id }) => id === versionId));
    if (total !== 100 || unknown)
      throw new Error(`${worker} can't be deployed as ${JSON.stringify(versions)}`);
    const deployment = { id: this.#id(), createdAt: this.#now().toISOString(), message, versions };
    found.deployments = [deployment, ...found.deployments].slice(0, 10);
    return deployment;
  }

  /** What serves now: version id to percentage. */
  serving(worker: string): Readonly<Record<string, number>> {
    const newest = this.workers.get(worker)?.deployments[0];
    return Object.fromEntries(
      newest?.versions.map(({ versionId, percentage }) => [versionId, percentage]) ?? [],
    );
  }

  /** The version's tag: the release's id. */
  tagOf(worker: string, versionId: string): string | undefined {
    return this.workers.get(worker)?.versions.find(({ id }) => id === versionId)?.tag;
  }

  #workerOrNew(name: string): FakeWorker {
    const found = this.workers.get(name);
    if (found) return found;
    const made = { versions: [], deployments: [], triggers: NO_TRIGGERS };
    this.workers.set(name, made);
    return made;
  }

  #id(): string {
    this.#made += 1;
    return `${(0xa0_00_00_00 + this.#made).toString(16)}-0000-4000-8000-000000000000`;
  }
}

import { randomUUID } from "node:crypto";
import type { DurableObjectsBackend } from "../durable-objects/backend.ts";
import { checkDeployable } from "../durable-objects/checks.ts";
import { changedSecrets, type Binding } from "./bindings.ts";
import {
  deploymentIsActive,
  deploymentNotFound,
  latestSettingsNotDeployed,
  latestVersionNotDeployed,
  noVersions,
  secretsHaveChanged,
  versionBeyondHorizon,
  versionNotFound,
  workerConsumesQueue,
  workerExists,
  workerNotFound,
} from "./errors.ts";
import { checkedAnnotations, DEPLOYABLE_VERSIONS } from "./limits.ts";
import type { DeploymentDocument, VersionDocument, VersionShare, WorkerDocument } from "./model.ts";
import type { WorkersStore } from "./store.ts";
import {
  VersionMaker,
  type SecretChanges,
  type Source,
  type UploadOptions,
  type VersionMakerParts,
  type VersionedSettings,
} from "./version-maker.ts";
import { newWorker, validateShares, type NewWorkerSettings } from "./documents.ts";
import type { Upload } from "./upload.ts";

/** Workers, their versions and deployments. */
export class WorkersBackend {
  readonly #store: WorkersStore;
  readonly #versions: VersionMaker;
  readonly #objects: DurableObjectsBackend;
  readonly #consumesQueue: (worker: string) => boolean;

  constructor(parts: VersionMakerParts & { readonly consumesQueue: (worker: string) => boolean }) {
    this.#store = parts.store;
    this.#versions = new VersionMaker(parts);
    this.#objects = parts.objects;
    this.#consumesQueue = parts.consumesQueue;
  }

  worker(name: string): WorkerDocument {
    const worker = this.#store.worker(name);
    if (!worker) throw workerNotFound(name);
    return worker;
  }

  /** Makes a Worker that has no version yet. @throws {Refusal} 10040 when there is one of that name. */
  create(name: string, settings: NewWorkerSettings): WorkerDocument {
    if (this.#store.worker(name)) throw workerExists(name);
    const worker = newWorker(name, settings);
    this.#store.saveWorker(worker);
    return worker;
  }

  /**
   * Deletes a Worker with all that belongs to it: versions, deployments, assets and triggers. What it stored stays.
   * @throws {Refusal} 10064 when a queue's messages go to it, unless `force`.
   */
  delete(name: string, options: { readonly force: boolean }): void {
    this.worker(name);
    if (!options.force && this.#consumesQueue(name)) throw workerConsumesQueue();
    this.#store.deleteWorker(name);
  }

  /** Uploads a version of an existing Worker. It serves nothing before a deployment names it. */
  async uploadVersion(name: string, upload: Upload, options: UploadOptions): Promise<VersionDocument> {
    this.worker(name);
    return this.#versions.upload(name, { upload, ...options, triggeredBy: "version_upload" });
  }

  /** Uploads a version and deploys it to 100 % at once; makes the Worker if it is new. */
  async putScript(
    name: string,
    upload: Upload,
    options: UploadOptions,
  ): Promise<{ worker: WorkerDocument; version: VersionDocument; deployment: DeploymentDocument }> {
    const worker = this.#store.worker(name) ?? newWorker(name, upload.metadata);
    const version = await this.#versions.upload(name, { upload, ...options, triggeredBy: "upload" }, worker);
    const deployment = this.#addDeployment(name, [{ versionId: version.id, percentage: 100 }], {
      source: options.source,
      annotations: { "workers/triggered_by": "upload", "workers/message": "Automatic deployment on upload." },
    });
    return { worker: this.worker(name), version, deployment };
  }

  versions(name: string): readonly VersionDocument[] {
    this.worker(name);
    return this.#store.versions(name);
  }

  version(name: string, id: string): VersionDocument {
    this.worker(name);
    const version = this.#store.version(id);
    if (version?.worker !== name) throw versionNotFound(id);
    return version;
  }

  deployment(name: string, id: string): DeploymentDocument {
    const deployment = this.deployments(name).find((candidate) => candidate.id === id);
    if (!deployment) throw deploymentNotFound(id);
    return deployment;
  }

  /** Takes a deployment that no longer serves out of the list. */
  deleteDeployment(name: string, id: string): void {
    this.deployment(name, id);
    if (this.#store.newestDeployment(name)?.id === id) throw deploymentIsActive();
    this.#store.deleteDeployment(id);
  }

  /** Newest first. */
  deployments(name: string): readonly DeploymentDocument[] {
    this.worker(name);
    return this.#store.deployments(name);
  }

  /**
   * Routes a Worker's requests to one or two versions.
   * @throws {Refusal} 10220 when an older version has other secrets than what serves, unless `force`.
   */
  async deploy(
    name: string,
    shares: readonly VersionShare[],
    options: { source: Source; message: string | undefined; force: boolean },
  ): Promise<DeploymentDocument> {
    this.worker(name);
    const versions = shares.map(({ versionId }) => this.version(name, versionId));
    validateShares(shares);
    checkDeployable(versions, this.#objects.classes(name));
    this.#refuseBeyondHorizon(name, versions);
    if (!options.force) this.#refuseOldSecrets(name, versions);
    for (const version of versions) await this.#versions.started(version);
    const message = options.message === undefined ? {} : { "workers/message": options.message };
    return this.#addDeployment(name, shares, {
      source: options.source,
      annotations: { ...checkedAnnotations(message, name), "workers/triggered_by": "deployment" },
    });
  }

  /** The bindings of the newest version, deployed or not. */
  secrets(name: string): readonly Binding[] {
    this.worker(name);
    const latest = this.#store.latestVersion(name);
    return (latest?.bindings ?? []).filter(({ type }) => type === "secret_text");
  }

  /**
   * Changes secrets of what serves: a new version of the newest one, deployed at once.
   * @throws {Refusal} 10215 when the newest version isn't deployed.
   */
  async changeSecrets(name: string, changes: SecretChanges, source: Source): Promise<VersionDocument> {
    const latest = this.#latest(name);
    if (!this.#isDeployed(latest)) throw latestVersionNotDeployed();
    const version = await this.#versions.withSecrets(latest, changes, {
      source,
      annotations: { "workers/triggered_by": "secret" },
    });
    this.#addDeployment(name, [{ versionId: version.id, percentage: 100 }], {
      source,
      annotations: { "workers/triggered_by": "secret" },
    });
    return version;
  }

  /** Changes secrets in a new version that isn't deployed. */
  async uploadSecrets(
    name: string,
    changes: SecretChanges,
    options: { source: Source; annotations: Readonly<Record<string, string>> },
  ): Promise<VersionDocument> {
    const annotations = { ...options.annotations, "workers/triggered_by": "secret" };
    return this.#versions.withSecrets(this.#latest(name), changes, { source: options.source, annotations });
  }

  /**
   * Changes versioned settings of what serves: a new version of the newest one, deployed at once.
   * @throws {Refusal} 10214 when the newest version isn't deployed.
   */
  async changeSettings(name: string, changes: VersionedSettings, source: Source): Promise<VersionDocument> {
    const latest = this.#latest(name);
    if (!this.#isDeployed(latest)) throw latestSettingsNotDeployed();
    const annotations = { "workers/triggered_by": "deployment" };
    const version = await this.#versions.withSettings(latest, changes, { source, annotations });
    this.#addDeployment(name, [{ versionId: version.id, percentage: 100 }], { source, annotations });
    return version;
  }

  updateWorker(name: string, change: (worker: WorkerDocument) => WorkerDocument): WorkerDocument {
    const changed = { ...change(this.worker(name)), modifiedAt: new Date().toISOString() };
    this.#store.saveWorker(changed);
    return changed;
  }

  #latest(name: string): VersionDocument {
    this.worker(name);
    const latest = this.#store.latestVersion(name);
    if (!latest) throw noVersions();
    return latest;
  }

  #isDeployed({ id, worker }: VersionDocument): boolean {
    return (this.#store.newestDeployment(worker)?.versions ?? []).some(({ versionId }) => versionId === id);
  }

  #addDeployment(
    name: string,
    shares: readonly VersionShare[],
    made: Pick<DeploymentDocument, "source" | "annotations">,
  ): DeploymentDocument {
    const deployment = {
      id: randomUUID(),
      worker: name,
      createdAt: new Date().toISOString(),
      versions: shares,
      ...made,
    };
    this.#store.addDeployment(deployment);
    this.updateWorker(name, (worker) => ({ ...worker, lastDeployedFrom: made.source }));
    return deployment;
  }

  #refuseBeyondHorizon(name: string, versions: readonly VersionDocument[]): void {
    const newest = this.#store.latestVersion(name)?.number ?? 0;
    const beyond = versions.find(({ number }) => number <= newest - DEPLOYABLE_VERSIONS);
    if (beyond) throw versionBeyondHorizon(beyond.id, DEPLOYABLE_VERSIONS);
  }

  #refuseOldSecrets(name: string, versions: readonly VersionDocument[]): void {
    const serving = this.#store.deployments(name).at(0)?.versions ?? [];
    const current = serving.map(({ versionId }) => this.version(name, versionId));
    const newest = current.toSorted((a, b) => b.number - a.number).at(0);
    if (!newest) return;
    const older = versions.filter(
      ({ id, number }) => number < newest.number && !serving.some(({ versionId }) => versionId === id),
    );
    const changed = older.flatMap((version) => changedSecrets(version.bindings, newest.bindings));
    if (changed.length > 0) throw secretsHaveChanged([...new Set(changed)]);
  }
}

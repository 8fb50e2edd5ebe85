import { randomUUID } from "node:crypto";
import type { Start } from "../../dataplane/instance.ts";
import type { Blobs } from "../../store/blobs.ts";
import type { DurableObjectsBackend, MigrationPlan } from "../durable-objects/backend.ts";
import { checkDeployable, checkExported, checkObjectBindings } from "../durable-objects/checks.ts";
import { migrationInVersion } from "../durable-objects/errors.ts";
import type { AssetsBackend } from "../assets/backend.ts";
import { changedSecrets, resolveBindings, withSecrets, type Binding } from "./bindings.ts";
import {
  deploymentIsActive,
  deploymentNotFound,
  latestSettingsNotDeployed,
  latestVersionNotDeployed,
  noHandlers,
  noVersions,
  scriptInvalid,
  secretNotFound,
  secretsHaveChanged,
  versionBeyondHorizon,
  versionNotFound,
  workerConsumesQueue,
  workerExists,
  workerNotFound,
} from "./errors.ts";
import { checkBindings, checkedAnnotations, checkUpload, DEPLOYABLE_VERSIONS } from "./limits.ts";
import type { DeploymentDocument, VersionDocument, VersionShare, WorkerDocument } from "./model.ts";
import type { WorkersStore } from "./store.ts";
import { etagOf, newWorker, validateShares, withoutEmpty, type NewWorkerSettings } from "./documents.ts";
import type { Upload } from "./upload.ts";

/** What the backend asks of the data plane. */
export interface VersionRuntime {
  /** Starts a version that isn't stored yet, as its validation. */
  readonly start: (version: VersionDocument) => Promise<Start>;
}

/** Who calls: what `source` says of versions and deployments. */
export type Source = "wrangler" | "api";

/** How an upload is to be taken. */
export interface UploadOptions {
  readonly source: Source;
  /** Whether a binding that inherits from nothing is refused. */
  readonly isStrict: boolean;
}

interface NewVersion extends UploadOptions {
  readonly upload: Upload;
  readonly triggeredBy: "version_upload" | "upload";
}

/** Workers, their versions and deployments. */
export class WorkersBackend {
  readonly #store: WorkersStore;
  readonly #blobs: Blobs;
  readonly #assets: AssetsBackend;
  readonly #runtime: VersionRuntime;
  readonly #objects: DurableObjectsBackend;
  readonly #checkTargets: (bindings: readonly Binding[]) => void;
  readonly #consumesQueue: (worker: string) => boolean;

  /** `checkTargets` refuses a binding to something that isn't there. */
  constructor(parts: {
    store: WorkersStore;
    blobs: Blobs;
    assets: AssetsBackend;
    runtime: VersionRuntime;
    objects: DurableObjectsBackend;
    checkTargets: (bindings: readonly Binding[]) => void;
    consumesQueue: (worker: string) => boolean;
  }) {
    this.#store = parts.store;
    this.#blobs = parts.blobs;
    this.#assets = parts.assets;
    this.#runtime = parts.runtime;
    this.#objects = parts.objects;
    this.#checkTargets = parts.checkTargets;
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
    return this.#addVersion(name, { upload, ...options, triggeredBy: "version_upload" });
  }

  /** Uploads a version and deploys it to 100 % at once; makes the Worker if it is new. */
  async putScript(
    name: string,
    upload: Upload,
    options: UploadOptions,
  ): Promise<{ worker: WorkerDocument; version: VersionDocument; deployment: DeploymentDocument }> {
    const worker = this.#store.worker(name) ?? newWorker(name, upload.metadata);
    const version = await this.#addVersion(name, { upload, ...options, triggeredBy: "upload" }, worker);
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
    for (const version of versions) await this.#started(version);
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
    const version = await this.#derive(latest, changes, {
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
    return this.#derive(this.#latest(name), changes, { source: options.source, annotations });
  }

  /**
   * Changes versioned settings of what serves: a new version of the newest one, deployed at once.
   * @throws {Refusal} 10214 when the newest version isn't deployed.
   */
  async changeSettings(name: string, changes: VersionedSettings, source: Source): Promise<VersionDocument> {
    const latest = this.#latest(name);
    if (!this.#isDeployed(latest)) throw latestSettingsNotDeployed();
    const { bindings, compatibilityDate, compatibilityFlags, limits, placement } = changes;
    const annotations = { "workers/triggered_by": "deployment" };
    const version = await this.#admit({
      ...latest,
      id: randomUUID(),
      createdAt: new Date().toISOString(),
      source,
      annotations,
      ...(bindings && { bindings: this.#boundTo(name, bindings) }),
      ...(compatibilityDate !== undefined && { compatibilityDate }),
      ...(compatibilityFlags && { compatibilityFlags }),
      ...(limits && { limits }),
      ...(placement && { placement }),
    });
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

  /** Bindings with the classes that the Worker has now. */
  #boundTo(name: string, given: readonly unknown[]): readonly Binding[] {
    const bindings = this.#bindings(name, { bindings: given, keep: [], isStrict: false });
    checkObjectBindings(name, bindings, this.#objects.classes(name));
    return bindings;
  }

  #bindings(
    name: string,
    from: {
      readonly bindings: readonly unknown[];
      readonly keep: readonly string[];
      readonly isStrict: boolean;
    },
  ): readonly Binding[] {
    const bindings = resolveBindings(from.bindings, from.keep, {
      latest: this.#store.latestVersion(name)?.bindings ?? [],
      ofVersion: (id) => this.#inheritable(name, id),
      isStrict: from.isStrict,
    });
    checkBindings(bindings);
    this.#checkTargets(bindings);
    return bindings;
  }

  async #addVersion(name: string, created: NewVersion, newlyMade?: WorkerDocument): Promise<VersionDocument> {
    const { upload, source, triggeredBy, isStrict } = created;
    const { metadata } = upload;
    checkUpload(upload);
    const latest = this.#store.latestVersion(name);
    const modules = upload.modules.map(({ name: moduleName, type, bytes }) => {
      return { name: moduleName, type, blob: this.#blobs.put(bytes), sizeBytes: bytes.byteLength };
    });
    if (triggeredBy === "version_upload" && metadata.migrations !== undefined) throw migrationInVersion();
    const tag = this.#store.worker(name)?.migrationTag;
    const plan = this.#objects.plan(name, tag, metadata.migrations);
    const bindings = this.#bindings(name, {
      bindings: metadata.bindings,
      keep: metadata.keep_bindings,
      isStrict,
    });
    checkObjectBindings(name, bindings, plan.classes);
    const draft: VersionDocument = {
      id: randomUUID(),
      worker: name,
      number: 0,
      createdAt: new Date().toISOString(),
      source,
      annotations: {
        ...checkedAnnotations(withoutEmpty(metadata.annotations), name),
        "workers/triggered_by": triggeredBy,
      },
      etag: etagOf(modules),
      mainModule: metadata.main_module,
      modules,
      bindings,
      ...(plan.classes.length > 0 && { durableObjects: plan.classes }),
      compatibilityDate: metadata.compatibility_date,
      compatibilityFlags: metadata.compatibility_flags,
      handlers: [],
      namedHandlers: [],
      startupTimeMs: 0,
      assets: this.#assetsOf(name, upload, latest),
      limits: metadata.limits,
      placement: metadata.placement,
    };
    const version = await this.#admit(draft, newlyMade);
    if (metadata.migrations !== undefined) this.#migrate(name, plan);
    return version;
  }

  #migrate(name: string, plan: MigrationPlan): void {
    this.#objects.apply(name, plan);
    const { tag } = plan;
    if (tag !== undefined) this.updateWorker(name, (worker) => ({ ...worker, migrationTag: tag }));
  }

  #assetsOf(
    name: string,
    { metadata }: Upload,
    latest: VersionDocument | undefined,
  ): VersionDocument["assets"] {
    if (metadata.assets === undefined) return metadata.keep_assets ? latest?.assets : undefined;
    return {
      config: metadata.assets.config ?? {},
      manifest: this.#assets.completed(metadata.assets.jwt, name),
    };
  }

  #inheritable(name: string, versionId: string): readonly Binding[] {
    const version = this.#store.version(versionId);
    return version?.worker === name ? version.bindings : [];
  }

  async #derive(
    from: VersionDocument,
    changes: SecretChanges,
    made: { source: Source; annotations: Readonly<Record<string, string>> },
  ): Promise<VersionDocument> {
    const present = new Set(from.bindings.map((binding) => binding.name));
    const unknown = Object.entries(changes).find(([name, text]) => text === null && !present.has(name));
    if (unknown) throw secretNotFound(unknown[0]);
    const bindings = withSecrets(from.bindings, changes);
    checkBindings(bindings);
    return this.#admit({
      ...from,
      id: randomUUID(),
      createdAt: new Date().toISOString(),
      source: made.source,
      annotations: checkedAnnotations(made.annotations, from.worker),
      bindings,
    });
  }

  /** Stores a version once it has shown that it starts. One without code can't fail to, and starts on its first request. */
  async #admit(draft: VersionDocument, newlyMade?: WorkerDocument): Promise<VersionDocument> {
    if (draft.mainModule === undefined)
      return this.#store.addVersion({ ...draft, startupTimeMs: 1 }, newlyMade);
    const instance = await this.#started(draft);
    const { handlers, namedHandlers } = instance;
    const isEmpty = handlers.length === 0 && namedHandlers.length === 0;
    if (isEmpty) throw noHandlers();
    checkExported({ ...draft, namedHandlers }, this.#objects.classes(draft.worker));
    const startupTimeMs = Math.max(1, Math.round(instance.startupCpuMs));
    return this.#store.addVersion({ ...draft, handlers, namedHandlers, startupTimeMs }, newlyMade);
  }

  async #started(version: VersionDocument): Promise<Extract<Start, { outcome: "started" }>["instance"]> {
    const start = await this.#runtime.start(version);
    if (start.outcome === "refused") throw scriptInvalid(start.message);
    return start.instance;
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

/** What a new version may change of the newest one without an upload; undefined: stays. */
export interface VersionedSettings {
  readonly bindings?: readonly unknown[] | undefined;
  readonly compatibilityDate?: string | undefined;
  readonly compatibilityFlags?: readonly string[] | undefined;
  readonly limits?: Readonly<Record<string, unknown>> | undefined;
  readonly placement?: Readonly<Record<string, unknown>> | undefined;
}

/** Name of a secret → its new text, or null to delete it. */
export type SecretChanges = Readonly<Record<string, string | null>>;

import { createHash, randomUUID } from "node:crypto";
import type { Start } from "../../dataplane/instance.ts";
import type { Blobs } from "../../store/blobs.ts";
import type { AssetsBackend } from "../assets/backend.ts";
import { changedSecrets, resolveBindings, withSecrets, type Binding } from "./bindings.ts";
import {
  inheritImpossible,
  invalidDeployment,
  latestVersionNotDeployed,
  noHandlers,
  noVersions,
  scriptInvalid,
  secretNotFound,
  secretsHaveChanged,
  versionNotFound,
  workerNotFound,
} from "./errors.ts";
import type { DeploymentDocument, VersionDocument, VersionShare, WorkerDocument } from "./model.ts";
import type { WorkersStore } from "./store.ts";
import type { Upload } from "./upload.ts";

/** What the backend asks of the data plane. */
export interface VersionRuntime {
  /** Starts a version that isn't stored yet, as its validation. */
  readonly start: (version: VersionDocument) => Promise<Start>;
}

/** Who calls: what `source` says of versions and deployments. */
export type Source = "wrangler" | "api";

interface NewVersion {
  readonly upload: Upload;
  readonly source: Source;
  readonly triggeredBy: "version_upload" | "upload";
}

/** Workers, their versions and deployments. */
export class WorkersBackend {
  readonly #store: WorkersStore;
  readonly #blobs: Blobs;
  readonly #assets: AssetsBackend;
  readonly #runtime: VersionRuntime;
  readonly #checkTargets: (bindings: readonly Binding[]) => void;

  /** `checkTargets` refuses a binding to something that isn't there. */
  constructor(parts: {
    store: WorkersStore;
    blobs: Blobs;
    assets: AssetsBackend;
    runtime: VersionRuntime;
    checkTargets: (bindings: readonly Binding[]) => void;
  }) {
    this.#store = parts.store;
    this.#blobs = parts.blobs;
    this.#assets = parts.assets;
    this.#runtime = parts.runtime;
    this.#checkTargets = parts.checkTargets;
  }

  worker(name: string): WorkerDocument {
    const worker = this.#store.worker(name);
    if (!worker) throw workerNotFound(name);
    return worker;
  }

  /** Uploads a version of an existing Worker. It serves nothing before a deployment names it. */
  async uploadVersion(name: string, upload: Upload, source: Source): Promise<VersionDocument> {
    this.worker(name);
    return this.#addVersion(name, { upload, source, triggeredBy: "version_upload" });
  }

  /** Uploads a version and deploys it to 100 % at once; makes the Worker if it is new. */
  async putScript(
    name: string,
    upload: Upload,
    source: Source,
  ): Promise<{ worker: WorkerDocument; version: VersionDocument; deployment: DeploymentDocument }> {
    const worker = this.#store.worker(name) ?? newWorker(name, upload);
    const version = await this.#addVersion(name, { upload, source, triggeredBy: "upload" }, worker);
    const deployment = this.#addDeployment(name, [{ versionId: version.id, percentage: 100 }], {
      source,
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
    if (!options.force) this.#refuseOldSecrets(name, versions);
    for (const version of versions) await this.#started(version);
    const message = options.message === undefined ? {} : { "workers/message": options.message };
    return this.#addDeployment(name, shares, {
      source: options.source,
      annotations: { ...message, "workers/triggered_by": "deployment" },
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
    const serving = this.#store.deployments(name).at(0)?.versions ?? [];
    if (!serving.some(({ versionId }) => versionId === latest.id)) throw latestVersionNotDeployed();
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

  async #addVersion(name: string, created: NewVersion, newlyMade?: WorkerDocument): Promise<VersionDocument> {
    const { upload, source, triggeredBy } = created;
    const { metadata } = upload;
    const latest = this.#store.latestVersion(name);
    const modules = upload.modules.map(({ name: moduleName, type, bytes }) => {
      return { name: moduleName, type, blob: this.#blobs.put(bytes), sizeBytes: bytes.byteLength };
    });
    const bindings = resolveBindings(metadata.bindings, metadata.keep_bindings, {
      latest: latest?.bindings ?? [],
      ofVersion: (id) => this.#inheritable(name, id),
    });
    this.#checkTargets(bindings);
    const draft: VersionDocument = {
      id: randomUUID(),
      worker: name,
      number: 0,
      createdAt: new Date().toISOString(),
      source,
      annotations: { ...withoutEmpty(metadata.annotations), "workers/triggered_by": triggeredBy },
      etag: etagOf(modules),
      mainModule: metadata.main_module,
      modules,
      bindings,
      compatibilityDate: metadata.compatibility_date,
      compatibilityFlags: metadata.compatibility_flags,
      handlers: [],
      namedHandlers: [],
      startupTimeMs: 0,
      assets: this.#assetsOf(name, upload, latest),
      limits: metadata.limits,
      placement: metadata.placement,
    };
    return this.#admit(draft, newlyMade);
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
    if (version?.worker !== name) throw inheritImpossible(`of version ${versionId}`);
    return version.bindings;
  }

  async #derive(
    from: VersionDocument,
    changes: SecretChanges,
    made: { source: Source; annotations: Readonly<Record<string, string>> },
  ): Promise<VersionDocument> {
    const present = new Set(from.bindings.map((binding) => binding.name));
    const unknown = Object.entries(changes).find(([name, text]) => text === null && !present.has(name));
    if (unknown) throw secretNotFound(unknown[0]);
    return this.#admit({
      ...from,
      id: randomUUID(),
      createdAt: new Date().toISOString(),
      source: made.source,
      annotations: made.annotations,
      bindings: withSecrets(from.bindings, changes),
    });
  }

  /** Stores a version once it has shown that it starts. */
  async #admit(draft: VersionDocument, newlyMade?: WorkerDocument): Promise<VersionDocument> {
    const instance = await this.#started(draft);
    const { handlers, namedHandlers } = instance;
    const isEmpty = handlers.length === 0 && namedHandlers.length === 0;
    if (draft.mainModule !== undefined && isEmpty) throw noHandlers();
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

/** Name of a secret → its new text, or null to delete it. */
export type SecretChanges = Readonly<Record<string, string | null>>;

function newWorker(name: string, { metadata }: Upload): WorkerDocument {
  const now = new Date().toISOString();
  const { logpush, observability, tail_consumers: tailConsumers, tags } = metadata;
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
function validateShares(shares: readonly VersionShare[]): void {
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

function etagOf(modules: VersionDocument["modules"]): string {
  const lines = modules.map(({ name, type, blob }) => `${name}\n${type}\n${blob}\n`).sort();
  return createHash("sha256").update(lines.join("")).digest("hex");
}

function withoutEmpty<T>(values: Readonly<Record<string, T | undefined>>): Readonly<Record<string, T>> {
  const entries = Object.entries(values).filter((entry): entry is [string, T] => entry[1] !== undefined);
  return Object.fromEntries(entries);
}

import { randomUUID } from "node:crypto";
import type { Start } from "../../dataplane/instance.ts";
import type { Blobs } from "../../store/blobs.ts";
import type { AssetsBackend } from "../assets/backend.ts";
import type { DurableObjectsBackend, MigrationPlan } from "../durable-objects/backend.ts";
import { checkExported, checkObjectBindings } from "../durable-objects/checks.ts";
import { migrationInVersion } from "../durable-objects/errors.ts";
import { resolveBindings, withSecrets as changedBindings, type Binding } from "./bindings.ts";
import { etagOf, withoutEmpty } from "./documents.ts";
import { noHandlers, scriptInvalid, secretNotFound } from "./errors.ts";
import { checkBindings, checkedAnnotations, checkUpload } from "./limits.ts";
import type { VersionDocument, WorkerDocument } from "./model.ts";
import type { WorkersStore } from "./store.ts";
import type { Upload } from "./upload.ts";

/** What the making of versions asks of the data plane. */
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

/** Whose version it is, and what it says of itself. */
interface Made {
  readonly source: Source;
  readonly annotations: Readonly<Record<string, string>>;
}

export interface VersionMakerParts {
  readonly store: WorkersStore;
  readonly blobs: Blobs;
  readonly assets: AssetsBackend;
  readonly runtime: VersionRuntime;
  readonly objects: DurableObjectsBackend;
  /** Refuses a binding to something that isn't there. */
  readonly checkTargets: (bindings: readonly Binding[]) => void;
}

/** Makes versions, of uploads and of versions, and stores those that start. */
export class VersionMaker {
  readonly #store: WorkersStore;
  readonly #blobs: Blobs;
  readonly #assets: AssetsBackend;
  readonly #runtime: VersionRuntime;
  readonly #objects: DurableObjectsBackend;
  readonly #checkTargets: (bindings: readonly Binding[]) => void;

  constructor(parts: VersionMakerParts) {
    this.#store = parts.store;
    this.#blobs = parts.blobs;
    this.#assets = parts.assets;
    this.#runtime = parts.runtime;
    this.#objects = parts.objects;
    this.#checkTargets = parts.checkTargets;
  }

  /** Of an upload; `newlyMade` is the Worker when the upload makes it. */
  async upload(name: string, created: NewVersion, newlyMade?: WorkerDocument): Promise<VersionDocument> {
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

  /** With other secrets than the version that it is made from. @throws {Refusal} 10056 when one that is to go isn't there. */
  async withSecrets(from: VersionDocument, changes: SecretChanges, made: Made): Promise<VersionDocument> {
    const present = new Set(from.bindings.map((binding) => binding.name));
    const unknown = Object.entries(changes).find(([name, text]) => text === null && !present.has(name));
    if (unknown) throw secretNotFound(unknown[0]);
    const bindings = changedBindings(from.bindings, changes);
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

  /** With other settings than the version that it is made from. */
  async withSettings(
    from: VersionDocument,
    changes: VersionedSettings,
    made: Made,
  ): Promise<VersionDocument> {
    const { bindings, compatibilityDate, compatibilityFlags, limits, placement } = changes;
    return this.#admit({
      ...from,
      id: randomUUID(),
      createdAt: new Date().toISOString(),
      ...made,
      ...(bindings && { bindings: this.#boundTo(from.worker, bindings) }),
      ...(compatibilityDate !== undefined && { compatibilityDate }),
      ...(compatibilityFlags && { compatibilityFlags }),
      ...(limits && { limits }),
      ...(placement && { placement }),
    });
  }

  /** Shows that a version starts. @throws {Refusal} 10021 with the runtime's own words when it doesn't. */
  async started(version: VersionDocument): Promise<Extract<Start, { outcome: "started" }>["instance"]> {
    const start = await this.#runtime.start(version);
    if (start.outcome === "refused") throw scriptInvalid(start.message);
    return start.instance;
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

  #migrate(name: string, plan: MigrationPlan): void {
    this.#objects.apply(name, plan);
    const { tag } = plan;
    const worker = this.#store.worker(name);
    if (tag !== undefined && worker)
      this.#store.saveWorker({ ...worker, migrationTag: tag, modifiedAt: new Date().toISOString() });
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

  /** Stores a version once it has shown that it starts. One without code can't fail to, and starts on its first request. */
  async #admit(draft: VersionDocument, newlyMade?: WorkerDocument): Promise<VersionDocument> {
    if (draft.mainModule === undefined)
      return this.#store.addVersion({ ...draft, startupTimeMs: 1 }, newlyMade);
    const instance = await this.started(draft);
    const { handlers, namedHandlers } = instance;
    const isEmpty = handlers.length === 0 && namedHandlers.length === 0;
    if (isEmpty) throw noHandlers();
    checkExported({ ...draft, namedHandlers }, this.#objects.classes(draft.worker));
    const startupTimeMs = Math.max(1, Math.round(instance.startupCpuMs));
    return this.#store.addVersion({ ...draft, handlers, namedHandlers, startupTimeMs }, newlyMade);
  }
}

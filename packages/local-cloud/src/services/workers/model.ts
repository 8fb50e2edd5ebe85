import type { AssetConfig, AssetManifest } from "../assets/model.ts";
import type { DurableObjectClass } from "../durable-objects/backend.ts";
import type { Binding } from "./bindings.ts";

/** A Worker as the control plane keeps it. What is versioned (code, bindings, assets) is in its versions. */
export interface WorkerDocument {
  readonly name: string;
  /** 32 hex digits that stay with the Worker, what the API calls its tag. */
  readonly tag: string;
  readonly createdAt: string;
  readonly modifiedAt: string;
  readonly subdomainEnabled: boolean;
  readonly previewsEnabled: boolean;
  readonly lastDeployedFrom: string;
  /** The tag of the newest Durable Object migration. */
  readonly migrationTag?: string;
  /** Unversioned settings as script-settings has them: logpush, observability, tags, tail_consumers. */
  readonly settings: Readonly<Record<string, unknown>>;
}

/** An immutable upload: what it runs, with which bindings, secrets included. */
export interface VersionDocument {
  readonly id: string;
  readonly worker: string;
  /** Counts from 1 in each Worker. */
  readonly number: number;
  readonly createdAt: string;
  readonly source: string;
  readonly annotations: Readonly<Record<string, string>>;
  readonly etag: string;
  readonly mainModule: string | undefined;
  readonly modules: readonly ModuleReference[];
  readonly bindings: readonly Binding[];
  readonly compatibilityDate: string | undefined;
  readonly compatibilityFlags: readonly string[];
  readonly handlers: readonly string[];
  readonly namedHandlers: readonly { readonly name: string; readonly handlers: readonly string[] }[];
  readonly startupTimeMs: number;
  readonly assets: { readonly config: AssetConfig; readonly manifest: AssetManifest } | undefined;
  /** Its classes whose objects are kept. Versions of earlier formats have none. */
  readonly durableObjects?: readonly DurableObjectClass[];
  readonly limits: Readonly<Record<string, unknown>> | undefined;
  readonly placement: Readonly<Record<string, unknown>> | undefined;
}

export type ModuleType = "esm" | "cjs" | "wasm" | "text" | "data" | "json" | "sourcemap" | "python";

interface ModuleReference {
  readonly name: string;
  readonly type: ModuleType;
  /** Digest under which the blobs hold it. */
  readonly blob: string;
  readonly sizeBytes: number;
}

/** Which one or two versions of a Worker serve, and with which share of the requests (percentages sum to 100). */
export interface DeploymentDocument {
  readonly id: string;
  readonly worker: string;
  readonly createdAt: string;
  readonly source: string;
  readonly annotations: Readonly<Record<string, string>>;
  readonly versions: readonly VersionShare[];
}

export interface VersionShare {
  readonly versionId: string;
  readonly percentage: number;
}

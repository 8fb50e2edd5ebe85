import type { VersionMetrics } from "./gate/metrics.ts";
import type { LedgerEntry, Measurement } from "./ledger/entry.ts";
import type { Release } from "./release/release.ts";
import type { Secret } from "./secrets/secret.ts";
import type { ObservedTriggers, Triggers } from "./triggers/triggers.ts";

/** Time, as a port: nothing else reads a clock or sleeps. */
export interface Clock {
  now(): Date;
  /** Milliseconds on a clock that never goes back; only differences mean anything. */
  monotonicMs(): number;
  sleep(ms: number): Promise<void>;
}

export interface VersionShare {
  readonly versionId: string;
  readonly percentage: number;
}

export interface Deployment {
  readonly id: string;
  readonly createdAt: string;
  readonly message: string;
  readonly versions: readonly VersionShare[];
}

export interface Version {
  readonly id: string;
  readonly tag: string;
  readonly message: string;
  /** Empty in lists: only a single version is shown with it. */
  readonly etag: string;
}

/** Whole minutes, ISO 8601; `until` doesn't belong to it. */
export interface MetricsWindow {
  readonly from: string;
  readonly until: string;
}

export interface InvocationsRequest {
  readonly worker: string;
  readonly versions: readonly string[];
  readonly windows: readonly MetricsWindow[];
}

/** Cloudflare's control plane, as far as a delivery reads or changes it directly. */
export interface Platform {
  /** Refuses with what is wrong when token, account or bucket aren't right. */
  verifyAccess(bucket: string): Promise<void>;
  /** Newest first; undefined where the Worker doesn't exist. */
  deployments(worker: string): Promise<readonly Deployment[] | undefined>;
  version(worker: string, id: string): Promise<Version>;
  versions(worker: string): Promise<readonly Version[]>;
  /** Routes a Worker's requests. `force` accepts that an older version brings older secrets back. */
  route(
    worker: string,
    shares: readonly VersionShare[],
    options: { readonly message: string; readonly force?: boolean },
  ): Promise<Deployment>;
  /** Where a version answers although no request is routed to it; undefined where previews are off. */
  previewUrl(worker: string, versionId: string): Promise<string | undefined>;
  triggers(worker: string): Promise<ObservedTriggers>;
  /** Takes all of them away, so that nobody reaches the Worker but by the preview URLs of its versions. */
  clearTriggers(worker: string): Promise<void>;
  /** Takes those of its custom domains away. */
  clearDomains(worker: string, hostnames: readonly string[]): Promise<void>;
  clearSchedules(worker: string): Promise<void>;
  /** What versions did, by window and version id. Late by minutes; a minute's counts grow for a while. */
  invocations(request: InvocationsRequest): Promise<readonly ReadonlyMap<string, VersionMetrics>[]>;
  /** Host names of all custom domains in the account → the Worker that each leads to. */
  domainHolders(): Promise<ReadonlyMap<string, string>>;
  readObject(bucket: string, key: string): Promise<Buffer | undefined>;
  writeObject(bucket: string, key: string, bytes: Buffer): Promise<void>;
}

export interface UploadRequest {
  readonly release: Release;
  readonly workerEnv: string;
  readonly secrets: readonly Secret[];
  readonly message: string;
}

/** wrangler, run on an unpacked release. */
export interface Uploader {
  /** Uploads a version of an existing Worker, with its secrets, that no request is routed to. */
  uploadVersion(request: UploadRequest): Promise<{ readonly versionId: string }>;
  /** As `uploadVersion`, with every secret as the version `inheritFrom` has it: no value is needed. */
  uploadInheriting(
    request: Omit<UploadRequest, "secrets"> & { readonly inheritFrom: string },
  ): Promise<{ readonly versionId: string }>;
  /** Makes the Worker, with its first version, reachable on its preview URL only. */
  createWorker(request: UploadRequest): Promise<{ readonly versionId: string }>;
  /** Sets domains, routes and schedules to what the release's configuration says. */
  applyTriggers(request: Pick<UploadRequest, "release" | "workerEnv">): Promise<void>;
  /** What the release's configuration says of them. */
  declaredTriggers(request: Pick<UploadRequest, "release" | "workerEnv">): Promise<Triggers>;
}

export interface ProbeTarget {
  readonly url: string;
  readonly connectTo: string | undefined;
  readonly headers: Readonly<Record<string, string>>;
  /** GET unless given. */
  readonly method?: string;
  readonly body?: string;
}

export type ProbeAnswer =
  | {
      readonly kind: "answer";
      readonly status: number;
      /** Several of one name are joined by commas, cookies by line breaks. */
      readonly headers: Readonly<Record<string, string>>;
      readonly body: string;
      readonly durationMs: number;
    }
  | { readonly kind: "none"; readonly reason: string };

/** One request to a Worker. Never throws: no answer within the time limit is an answer. */
export type HttpProbe = (target: ProbeTarget, timeoutMs: number) => Promise<ProbeAnswer>;

/** Runs a program of the project's, without a shell, with variables beside the inherited ones. Its output is both streams'. */
export type CommandRunner = (
  argv: readonly string[],
  env: Readonly<Record<string, string>>,
) => Promise<{ readonly exitCode: number | null; readonly output: string }>;

export interface LedgerHead {
  /** The commit that the ref points to; undefined where there is no ledger yet. */
  readonly head: string | undefined;
  readonly entries: readonly LedgerEntry[];
}

/** Where an environment's history is kept. */
export interface LedgerStore {
  read(environment: string): Promise<LedgerHead>;
  /** Adds entries after `head`, or says that the ledger has moved on. */
  append(
    environment: string,
    after: string | undefined,
    entries: readonly LedgerEntry[],
  ): Promise<{ readonly outcome: "appended"; readonly head: string } | { readonly outcome: "moved" }>;
}

export interface AppliedMigration {
  readonly name: string;
  readonly sha256: string;
  /** Finished, as against started and left. */
  readonly finished: boolean;
}

/** The database that a release's migrations are for. */
export interface MigrationDatabase {
  applied(): Promise<readonly AppliedMigration[]>;
  /** Applies one migration as a whole. @throws {DeliveryError} MIGRATION_FAILED; nothing of it stays then. */
  apply(migration: { readonly name: string; readonly sha256: string; readonly sql: string }): Promise<void>;
  close(): Promise<void>;
}

/** Where people and programs read what happens. */
export interface Reporter {
  /** A line for a person. */
  say(line: string): void;
  /** What was measured, for the live view. */
  measured(measurement: Measurement): void;
  /** An entry that was decided, for programs. */
  recorded(entry: LedgerEntry): void;
}

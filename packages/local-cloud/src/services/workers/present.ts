import type { DeploymentDocument, VersionDocument, WorkerDocument } from "./model.ts";
import type { Binding } from "./bindings.ts";
import { USER_EMAIL, USER_ID } from "../accounts/model.ts";

/** A version as `GET …/versions/:id` shows it. Secrets appear by name only. */
export function presentVersion(version: VersionDocument): unknown {
  const { id, number, annotations, startupTimeMs } = version;
  return {
    id,
    number,
    metadata: presentMetadata(version),
    annotations,
    resources: {
      bindings: version.bindings.map(presentBinding),
      script: {
        etag: version.etag,
        last_deployed_from: version.source,
        ...(version.handlers.length > 0 && { handlers: version.handlers }),
        ...(version.namedHandlers.length > 0 && { named_handlers: version.namedHandlers }),
      },
      script_runtime: {
        ...(version.compatibilityDate !== undefined && { compatibility_date: version.compatibilityDate }),
        ...(version.compatibilityFlags.length > 0 && { compatibility_flags: version.compatibilityFlags }),
        usage_model: "standard",
        ...(version.limits && { limits: version.limits }),
      },
    },
    startup_time_ms: startupTimeMs,
  };
}

/** A version as lists show it. */
export function presentVersionSummary(version: VersionDocument): unknown {
  const { id, number, annotations } = version;
  return { id, number, metadata: presentMetadata(version), annotations };
}

function presentMetadata(version: VersionDocument): unknown {
  return {
    created_on: version.createdAt,
    modified_on: version.createdAt,
    source: version.source,
    author_id: USER_ID,
    author_email: USER_EMAIL,
    hasPreview: version.mainModule !== undefined,
    has_preview: version.mainModule !== undefined,
  };
}

/** A binding without what is secret in it. */
export function presentBinding(binding: Binding): unknown {
  if (binding.type !== "secret_text") return binding;
  return { type: binding.type, name: binding.name };
}

export function presentDeployment(deployment: DeploymentDocument): unknown {
  return {
    id: deployment.id,
    source: deployment.source,
    strategy: "percentage",
    author_email: USER_EMAIL,
    created_on: deployment.createdAt,
    annotations: deployment.annotations,
    versions: deployment.versions.map(({ versionId, percentage }) => ({ version_id: versionId, percentage })),
  };
}

/** A Worker's script as lists and `PUT …/scripts/:name` show it. */
export function presentScript(worker: WorkerDocument, version: VersionDocument | undefined): unknown {
  return {
    id: worker.name,
    tag: worker.tag,
    tags: worker.settings["tags"] ?? [],
    etag: version?.etag ?? "",
    handlers: version?.handlers ?? [],
    has_assets: version?.assets !== undefined,
    has_modules: true,
    created_on: worker.createdAt,
    modified_on: worker.modifiedAt,
    usage_model: "standard",
    last_deployed_from: worker.lastDeployedFrom,
    compatibility_date: version?.compatibilityDate ?? null,
    compatibility_flags: version?.compatibilityFlags ?? [],
    logpush: worker.settings["logpush"] ?? false,
    ...(worker.migrationTag !== undefined && { migration_tag: worker.migrationTag }),
  };
}

import { dataPoints, type DataPointsBinding } from "./data-points-plugin.ts";
import { queueProducer, type QueueProducerBinding } from "./queue-producer-plugin.ts";
import type { VersionDocument } from "../services/workers/model.ts";
import { fullBucketName } from "../services/r2/backend.ts";
import type { Binding } from "../services/workers/bindings.ts";

/** The name under which a process knows the one Worker that it runs. */
export const WORKER = "worker";

/** What the runtime takes for one binding. */
export type RuntimeBinding =
  | { readonly type: "text"; readonly value: string }
  | { readonly type: "json"; readonly value: JsonValue }
  | { readonly type: "r2"; readonly name: string }
  | { readonly type: "kv" | "d1"; readonly id: string }
  | QueueProducerBinding
  | DataPointsBinding
  | { readonly type: "durable-object"; readonly worker: string; readonly exportName: string }
  | { readonly type: "assets" };

type JsonValue = string | number | boolean | null | JsonValue[] | { [key: string]: JsonValue };

/** The environment of one version: its bindings as the runtime takes them, by name. */
export function runtimeEnvironment(version: VersionDocument): Readonly<Record<string, RuntimeBinding>> {
  return Object.fromEntries(
    version.bindings.map((binding) => [binding.name, runtimeBinding(binding, version)]),
  );
}

function runtimeBinding(binding: Binding, version: VersionDocument): RuntimeBinding {
  switch (binding.type) {
    case "plain_text":
    case "secret_text":
      return { type: "text", value: binding.text };
    case "json":
      return { type: "json", value: binding.json };
    case "r2_bucket":
      return { type: "r2", name: fullBucketName(binding.bucket_name, binding.jurisdiction) };
    case "kv_namespace":
      return { type: "kv", id: binding.namespace_id };
    case "d1":
      return { type: "d1", id: binding.id };
    case "durable_object_namespace":
      return { type: "durable-object", worker: WORKER, exportName: binding.class_name };
    case "queue":
      return queueProducer(queueWorkerName(binding.name));
    case "analytics_engine":
      return dataPoints(binding.dataset);
    case "assets":
      return { type: "assets" };
    case "version_metadata":
      // miniflare's own version metadata is random, so the real one goes in as a plain value.
      return { type: "json", value: versionMetadata(version) };
  }
}

/** @see https://developers.cloudflare.com/workers/runtime-apis/bindings/version-metadata/ */
function versionMetadata(version: VersionDocument): { id: string; tag: string; timestamp: string } {
  return { id: version.id, tag: version.annotations["workers/tag"] ?? "", timestamp: version.createdAt };
}

/** The name of the Worker of a process that takes what is sent to a queue's binding. */
export function queueWorkerName(binding: string): string {
  return `queue:${binding}`;
}

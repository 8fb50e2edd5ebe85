import type { D1Backend } from "../d1/backend.ts";
import type { KvBackend } from "../kv/backend.ts";
import { fullBucketName, type BucketsBackend } from "../r2/backend.ts";
import { queueNotFound } from "../queues/errors.ts";
import type { QueuesBackend } from "../queues/backend.ts";
import type { Binding } from "./bindings.ts";
import { bucketMissing, databaseMissing, namespaceMissing } from "./errors.ts";

export interface BindingTargets {
  readonly buckets: Pick<BucketsBackend, "has">;
  readonly kv: Pick<KvBackend, "has">;
  readonly d1: Pick<D1Backend, "has">;
  readonly queues: Pick<QueuesBackend, "hasName">;
}

/** @throws {Refusal} 10085, 10041, 10181 or 11000 with the name of what a binding stands for and the account hasn't. */
export function checkTargets(
  { buckets, kv, d1, queues }: BindingTargets,
  bindings: readonly Binding[],
): void {
  for (const binding of bindings) {
    if (
      binding.type === "r2_bucket" &&
      !buckets.has(fullBucketName(binding.bucket_name, binding.jurisdiction))
    )
      throw bucketMissing(binding.bucket_name);
    if (binding.type === "kv_namespace" && !kv.has(binding.namespace_id))
      throw namespaceMissing(binding.namespace_id);
    if (binding.type === "d1" && !d1.has(binding.id)) throw databaseMissing(binding.name);
    if (binding.type === "queue" && !queues.hasName(binding.queue_name))
      throw queueNotFound(binding.queue_name);
  }
}

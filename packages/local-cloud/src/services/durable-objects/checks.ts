import { invalidDeployment, unsupported } from "../workers/errors.ts";
import type { Binding } from "../workers/bindings.ts";
import type { VersionDocument } from "../workers/model.ts";
import type { DurableObjectClass } from "./backend.ts";
import { classNotConfigured, classNotExported, newClassNotExported } from "./errors.ts";

/** @throws {Refusal} 10061 for a binding to a class that keeps no objects, 10501 for another Worker's class. */
export function checkObjectBindings(
  worker: string,
  bindings: readonly Binding[],
  classes: readonly DurableObjectClass[],
): void {
  for (const binding of bindings) {
    if (binding.type !== "durable_object_namespace") continue;
    if (binding.script_name !== undefined && binding.script_name !== worker)
      throw unsupported(`bindings to Durable Objects of another Worker (${binding.name})`);
    if (!classes.some(({ className }) => className === binding.class_name))
      throw classNotConfigured(binding.class_name);
  }
}

/**
 * `before` are the classes that the Worker had until now.
 * @throws {Refusal} 10064 when the code doesn't export one of them any more, 10070 when it doesn't export a new one.
 */
export function checkExported(
  { durableObjects = [], namedHandlers }: VersionDocument,
  before: readonly DurableObjectClass[],
): void {
  const missing = durableObjects.find(
    ({ className }) => !namedHandlers.some(({ name }) => name === className),
  );
  if (!missing) return;
  const isOld = before.some(({ namespaceId }) => namespaceId === missing.namespaceId);
  throw isOld ? classNotExported(missing.className) : newClassNotExported(missing.className);
}

/**
 * An object is in one place at a time, and here each version is a process of its own: a Worker with Durable Objects has one
 * version at a time.
 * @throws {Refusal} 10501 for two versions, 10023 for a version from before a migration.
 */
export function checkDeployable(
  versions: readonly VersionDocument[],
  classes: readonly DurableObjectClass[],
): void {
  const withObjects = versions.filter(({ durableObjects = [] }) => durableObjects.length > 0);
  if (versions.length > 1 && withObjects.length > 0) {
    const ids = versions.map(({ id }) => id).join(" and ");
    throw unsupported(`Durable Objects in two versions at a time (${ids}): deploy one of them at 100 %`);
  }
  const current = classes
    .map(({ namespaceId }) => namespaceId)
    .sort()
    .join(" ");
  const isFromBefore = ({ durableObjects = [] }: VersionDocument) =>
    durableObjects
      .map(({ namespaceId }) => namespaceId)
      .sort()
      .join(" ") !== current;
  if (versions.some(isFromBefore))
    throw invalidDeployment(
      "Cannot deploy a version from before a Durable Object migration: its classes aren't those of today.",
    );
}
